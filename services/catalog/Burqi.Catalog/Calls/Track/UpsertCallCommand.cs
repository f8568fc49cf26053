using System.Diagnostics;
using Burqi.Catalog.Database;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Calls.Track;

/// <summary>Adds what a message tells to a call's row.</summary>
internal sealed partial class UpsertCallCommand(TellOfCallCommand tellOfCall, ILogger<UpsertCallCommand> logger)
{
    private const string Sql =
        """
        insert into catalog.calls as call (
            call_id, provider, told,
            status, account_id, parent_call_id, direction, from_address, to_address, assistant_id, duration_ms, started_at, ended_at, listed_at)
        select
            @CallId, @Provider, cast(@Told as jsonb),
            v.status, v.account_id, v.parent_call_id, v.direction, v.from_address, v.to_address, v.assistant_id, v.duration_ms,
            v.started_at, v.ended_at, v.listed_at
        from jsonb_populate_record(null::catalog.calls, catalog.told_values(cast(@Told as jsonb))) v
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
        returning status
        """;

    /// <summary>Tells of status <paramref name="status"/> and the facts that came with it.</summary>
    /// <exception cref="IdentityConflictException">The id is taken by another provider's call.</exception>
    public async Task ExecuteAsync(string callId, string provider, string status, ToldFacts facts, CancellationToken cancellationToken)
    {
        using var activity = CatalogTracing.Source.StartActivity("catalog.call.upsert");
        activity?.SetTag("burqi.call_id", callId);
        activity?.SetTag("burqi.status", status);

        var parameters = new { CallId = callId, Provider = provider, Told = facts.Column("status", status).ToJson() };
        var reached = await tellOfCall.ExecuteAsync(
            callId,
            connection => connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken)),
            cancellationToken);
        if (reached is null)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            throw new IdentityConflictException($"Call {callId} is known as another provider's.");
        }

        Log.Told(logger, callId, status, reached);
    }
}
