using System.Diagnostics;
using Burqi.Catalog.Database;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Burqi.Catalog.Calls.Track;

/// <summary>Adds what a message tells to a call's row.</summary>
internal sealed partial class UpsertCallCommand(TellTogetherCommand tellTogether, ILogger<UpsertCallCommand> logger)
{
    // Of one call several messages may be told at once: what they tell is merged first, since a statement changes a row once.
    private const string Sql =
        """
        insert into catalog.calls as call (
            call_id, provider, told,
            status, account_id, parent_call_id, direction, from_address, to_address, assistant_id, duration_ms, started_at, ended_at, listed_at)
        select
            news.call_id, news.provider, news.told,
            v.status, v.account_id, v.parent_call_id, v.direction, v.from_address, v.to_address, v.assistant_id, v.duration_ms,
            v.started_at, v.ended_at, v.listed_at
        from (
            select call_id, provider, catalog.merge_all_told(cast(told as jsonb)) as told
            from unnest(@CallIds, @Providers, @Told) as message (call_id, provider, told)
            group by call_id, provider) news,
            jsonb_populate_record(null::catalog.calls, catalog.told_values(news.told)) v
        on conflict (call_id) do update set (
            told, updated_at,
            status, account_id, parent_call_id, direction, from_address, to_address, assistant_id, duration_ms, started_at, ended_at, listed_at) = (
            select
                merged.told, case when merged.told = call.told then call.updated_at else now() end,
                v.status, v.account_id, v.parent_call_id, v.direction, v.from_address, v.to_address, v.assistant_id, v.duration_ms,
                v.started_at, v.ended_at, v.listed_at
            from (select catalog.merge_told(call.told, excluded.told) as told) merged,
                 jsonb_populate_record(null::catalog.calls, catalog.told_values(merged.told)) v)
        where call.provider = excluded.provider
        returning call_id, provider, status
        """;

    /// <summary>Tells of status <paramref name="status"/> and the facts that came with it.</summary>
    /// <exception cref="IdentityConflictException">The id is taken by another provider's call.</exception>
    public async Task ExecuteAsync(string callId, string provider, string status, ToldFacts facts, CancellationToken cancellationToken)
    {
        using var activity = CatalogTracing.Source.StartActivity("catalog.call.upsert");
        activity?.SetTag("burqi.call_id", callId);
        activity?.SetTag("burqi.status", status);

        var reached = await tellTogether.ExecuteAsync(new(callId, provider, Recording: null, facts.Column("status", status).ToJson(), cancellationToken));
        if (reached is null)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            throw new IdentityConflictException($"Call {callId} is known as another provider's.");
        }

        Log.Told(logger, callId, status, reached);
    }

    /// <summary>In the transaction of who holds the calls' locks; the statuses that were reached, by call and provider, without those of ids that are taken.</summary>
    public static async Task<Dictionary<(string CallId, string Provider), string>> TellAsync(
        NpgsqlConnection connection, IReadOnlyCollection<ToldMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return [];
        }

        var parameters = new
        {
            CallIds = messages.Select(message => message.CallId).ToArray(),
            Providers = messages.Select(message => message.Provider).ToArray(),
            Told = messages.Select(message => message.Told).ToArray(),
        };
        return (await connection.QueryAsync<(string CallId, string Provider, string Status)>(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken)))
            .ToDictionary(row => (row.CallId, row.Provider), row => row.Status);
    }
}
