using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Events;
using Dapper;
using Npgsql;

namespace Burqi.Catalog.Recordings.Share;

/// <summary>The rows of share links. What is changed is written down with the change, as who asked for it.</summary>
internal sealed class ShareLinkTable(CatalogDatabase database)
{
    private const int MostShown = 200;

    private const string Insert =
        $"""
        insert into catalog.share_links (id, call_id, recording_id, expires_at, key_id, key_name)
        values (@id, @callId, @recordingId, now() + @lifetime, @keyId, @keyName)
        returning {ShareLink.Columns}
        """;

    // Locked until the link is there: a key that is revoked or exchanged meanwhile ends it. For some seconds after, a replica may still take the key of before.
    private const string IsEnding =
        """
        select revoked_at is not null or (previous_sha256 is null and rotated_at > now() - interval '10 seconds')
        from catalog.api_keys where id = @id for share
        """;

    private const string List =
        $"select {ShareLink.Columns} from catalog.share_links where recording_id = @recordingId order by created_at desc, id limit @MostShown";

    private const string Revoke =
        "update catalog.share_links set revoked_at = now() where id = @id and recording_id = @recordingId and revoked_at is null returning id";

    private const string IsThere = "select exists (select from catalog.share_links where id = @id and recording_id = @recordingId)";

    private const string FindGood = $"select {ShareLink.Columns} from catalog.share_links where id = @id and revoked_at is null and expires_at > now()";

    /// <summary>The link; null where the caller's key was revoked or exchanged just now.</summary>
    public Task<ShareLink?> AddAsync(Caller caller, Recording recording, TimeSpan lifetime, CancellationToken cancellationToken) => InTransactionAsync<ShareLink?>(
        async connection =>
        {
            if (Guid.TryParseExact(caller.Id, "N", out var id)
                && await connection.ExecuteScalarAsync<bool?>(new CommandDefinition(IsEnding, new { id }, cancellationToken: cancellationToken)) == true)
            {
                return null;
            }

            var link = await connection.QuerySingleAsync<ShareLink>(new CommandDefinition(
                Insert,
                new { id = Guid.CreateVersion7(), recording.CallId, recordingId = recording.Id, lifetime, keyId = caller.Id, keyName = caller.Name },
                cancellationToken: cancellationToken));
            await RecordingEventLog.AppendAsync(
                connection,
                RecordingEventNames.Shared,
                recording.CallId,
                recording.Id,
                Asker.Of(caller),
                new JsonObject { ["link_id"] = link.Id.ToString(), ["expires_at"] = link.ExpiresAt },
                cancellationToken);
            return link;
        },
        cancellationToken);

    /// <summary>The latest first, those that are over too.</summary>
    public Task<ShareLink[]> ListAsync(Guid recordingId, CancellationToken cancellationToken) => database.ReadAsync(
        async connection => (await connection.QueryAsync<ShareLink>(new CommandDefinition(List, new { recordingId, MostShown }, cancellationToken: cancellationToken))).ToArray(),
        cancellationToken);

    /// <summary>Whether there is such a link. One that is revoked stays as it is.</summary>
    public Task<bool> RevokeAsync(Caller caller, string callId, Guid recordingId, Guid id, CancellationToken cancellationToken) => InTransactionAsync(
        async connection =>
        {
            if (await connection.ExecuteScalarAsync<Guid?>(new CommandDefinition(Revoke, new { id, recordingId }, cancellationToken: cancellationToken)) is null)
            {
                return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(IsThere, new { id, recordingId }, cancellationToken: cancellationToken));
            }

            await RecordingEventLog.AppendAsync(
                connection, RecordingEventNames.ShareRevoked, callId, recordingId, Asker.Of(caller), new JsonObject { ["link_id"] = id.ToString() }, cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>The link, unless it is revoked or over.</summary>
    public Task<ShareLink?> FindGoodAsync(Guid id, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<ShareLink>(new CommandDefinition(FindGood, new { id }, cancellationToken: cancellationToken)),
        cancellationToken);

    private Task<T> InTransactionAsync<T>(Func<NpgsqlConnection, Task<T>> change, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var result = await change(connection);
            await transaction.CommitAsync(cancellationToken);
            return result;
        },
        cancellationToken);
}
