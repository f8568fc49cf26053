using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Events;
using Dapper;
using Npgsql;

namespace Burqi.Catalog.Access.Keys;

/// <summary>Makes, exchanges and revokes keys. The row is the outbox of what archiver is told. Who asked for it is written down with it.</summary>
internal sealed class SaveKeyCommands(CatalogDatabase database)
{
    /// <summary>How many keys can be good at once: each request is compared with all of them.</summary>
    public const int MostKeys = 1000;

    private const string Insert =
        $"""
        insert into catalog.api_keys (id, name, key_sha256, scopes, assistants, requests_per_minute, expires_at, version)
        select @Id, @Name, @Hash, @Scopes, cast(@Assistants as text[]), cast(@RequestsPerMinute as integer), cast(@ExpiresAt as timestamptz), catalog.next_version(0)
        where (select count(*) from catalog.api_keys where revoked_at is null and (expires_at is null or expires_at > now())) < @MostKeys
        returning {ApiKey.Columns}
        """;

    private const string Exchange =
        $"""
        update catalog.api_keys
        set key_sha256 = @Hash, rotated_at = now(), version = catalog.next_version(version), due = due + 1,
            previous_sha256 = case when @Grace > 0 then key_sha256 end,
            previous_until = case when @Grace > 0 then now() + make_interval(secs => @Grace) end
        where id = @Id and revoked_at is null and (expires_at is null or expires_at > now())
        returning {ApiKey.Columns}
        """;

    private const string Revoke =
        """
        update catalog.api_keys
        set revoked_at = coalesce(revoked_at, now()), previous_sha256 = null, previous_until = null,
            version = case when revoked_at is null then catalog.next_version(version) else version end,
            due = case when revoked_at is null then due + 1 else due end
        where id = @id
        returning not exists (select from catalog.api_keys before where before.id = @id and before.revoked_at is not null)
        """;

    // What was shared with a key that somebody else has must not outlive it.
    private const string EndLinks =
        """
        with ended as (update catalog.share_links set revoked_at = now() where key_id = @key and revoked_at is null and expires_at > now() returning *)
        insert into catalog.recording_events (call_id, recording_id, event, actor, details, api_key_id, api_key_name, address, trace_id)
        select call_id, recording_id, @name, @asker, jsonb_build_object('link_id', id, 'reason', @reason), @KeyId, @asker, @Address, @TraceId from ended
        """;

    /// <summary>The key; null where there are as many as there can be.</summary>
    public Task<NewApiKey?> CreateAsync(Caller caller, ApiKeyContent content, CancellationToken cancellationToken) => ShowAsync(
        Insert,
        key => new
        {
            Id = Guid.CreateVersion7(),
            content.Name,
            Hash = ApiKeys.Hash(key),
            content.Scopes,
            content.Assistants,
            content.RequestsPerMinute,
            ExpiresAt = content.ExpiresAt?.UtcDateTime,
            MostKeys,
        },
        (connection, key) => AppendAsync(
            connection,
            caller,
            RecordingEventNames.KeyCreated,
            key.KeyId,
            new JsonObject { ["name"] = key.Name, ["scopes"] = Texts(key.Scopes), ["assistants"] = key.Assistants is null ? null : Texts(key.Assistants) },
            cancellationToken),
        cancellationToken);

    /// <summary>The key's successor under the same id; null where there is no such key that opens anything.</summary>
    public Task<NewApiKey?> RotateAsync(Caller caller, Guid id, int graceSeconds, CancellationToken cancellationToken) => ShowAsync(
        Exchange,
        key => new { Id = id, Hash = ApiKeys.Hash(key), Grace = graceSeconds },
        async (connection, _) =>
        {
            await AppendAsync(connection, caller, RecordingEventNames.KeyRotated, id, new JsonObject { ["grace_seconds"] = graceSeconds }, cancellationToken);
            if (graceSeconds == 0)
            {
                await EndLinksAsync(connection, caller, id, RecordingEventNames.KeyRotated, cancellationToken);
            }
        },
        cancellationToken);

    /// <summary>Whether there is such a key.</summary>
    public Task<bool> RevokeAsync(Caller caller, Guid id, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await connection.QuerySingleOrDefaultAsync<bool?>(new CommandDefinition(Revoke, new { id }, cancellationToken: cancellationToken)) is not { } isNew)
            {
                return false;
            }

            if (isNew)
            {
                await AppendAsync(connection, caller, RecordingEventNames.KeyRevoked, id, [], cancellationToken);
                await EndLinksAsync(connection, caller, id, RecordingEventNames.KeyRevoked, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    private static Task AppendAsync(NpgsqlConnection connection, Caller caller, string name, Guid id, JsonObject details, CancellationToken cancellationToken)
    {
        details["key_id"] = id.ToString("N");
        return RecordingEventLog.AppendAsync(connection, name, callId: null, recordingId: null, Asker.Of(caller), details, cancellationToken);
    }

    private static Task<int> EndLinksAsync(NpgsqlConnection connection, Caller caller, Guid id, string reason, CancellationToken cancellationToken)
    {
        var asker = Asker.Of(caller);
        var parameters = new { key = id.ToString("N"), name = RecordingEventNames.ShareRevoked, asker = asker.Name, reason, asker.KeyId, asker.Address, asker.TraceId };
        return connection.ExecuteAsync(new CommandDefinition(EndLinks, parameters, cancellationToken: cancellationToken));
    }

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];

    private async Task<NewApiKey?> ShowAsync(
        string sql, Func<string, object> parameters, Func<NpgsqlConnection, NewApiKey, Task> note, CancellationToken cancellationToken)
    {
        var key = KeyText.New();
        var saved = await database.ReadAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var row = await connection.QuerySingleOrDefaultAsync<NewApiKey>(new CommandDefinition(sql, parameters(key), cancellationToken: cancellationToken));
                if (row is not null)
                {
                    await note(connection, row);
                }

                await transaction.CommitAsync(cancellationToken);
                return row;
            },
            cancellationToken);
        return saved is null ? null : saved with { Key = key };
    }
}
