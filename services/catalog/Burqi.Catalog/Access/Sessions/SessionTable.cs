using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Access.Sessions;

/// <summary>The rows of sessions. Each request reads its own: what is ended is ended at once, on every replica.</summary>
internal sealed class SessionTable(CatalogDatabase database)
{
    // Enough for all who share a key; the oldest make way.
    private const int MostOfOneCaller = 1000;

    private const string Select =
        "select caller_id as CallerId, key_check as KeyCheck, caller as Caller, expires_at as ExpiresAt from catalog.sessions where token_sha256 = @tokenHash and expires_at > now()";

    private const string Insert =
        """
        insert into catalog.sessions (token_sha256, caller_id, key_check, caller, expires_at) values (@tokenHash, @CallerId, @KeyCheck, cast(@Caller as jsonb), @ExpiresAt);
        delete from catalog.sessions where expires_at < now();
        delete from catalog.sessions where token_sha256 in (
            select token_sha256 from catalog.sessions where caller_id = @CallerId order by created_at desc offset @MostOfOneCaller);
        """;

    private const string Delete = "delete from catalog.sessions where token_sha256 = @tokenHash";

    public Task<SessionRow?> FindAsync(byte[] tokenHash, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<SessionRow>(new CommandDefinition(Select, new { tokenHash }, cancellationToken: cancellationToken)),
        cancellationToken);

    public Task AddAsync(byte[] tokenHash, SessionRow row, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.ExecuteAsync(new CommandDefinition(
            Insert, new { tokenHash, row.CallerId, row.KeyCheck, row.Caller, row.ExpiresAt, MostOfOneCaller }, cancellationToken: cancellationToken)),
        cancellationToken);

    public Task EndAsync(byte[] tokenHash, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.ExecuteAsync(new CommandDefinition(Delete, new { tokenHash }, cancellationToken: cancellationToken)),
        cancellationToken);
}

/// <summary>A row of <c>catalog.sessions</c>.</summary>
internal sealed record SessionRow
{
    public required string CallerId { get; init; }

    public byte[]? KeyCheck { get; init; }

    public string? Caller { get; init; }

    public required DateTime ExpiresAt { get; init; }
}
