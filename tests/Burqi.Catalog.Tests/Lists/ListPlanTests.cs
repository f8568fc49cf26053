using Burqi.Access;
using Burqi.Catalog.Calls.List;
using Burqi.Catalog.Lists;
using Burqi.Catalog.Recordings.List;
using Burqi.Catalog.Tests.Fixtures;
using Dapper;

namespace Burqi.Catalog.Tests.Lists;

/// <summary>Every filter a list offers is answered from an index in the list's order: no sort, no walk over the table.</summary>
public sealed class ListPlanTests(ListPlanTests.FilledHost catalog) : IClassFixture<ListPlanTests.FilledHost>
{
    private const string LimitedKey = "a limited key";

    private static readonly Caller Limited = Caller.Burqi with { Assistants = new HashSet<string> { "assistant-7", "assistant-8", "assistant-none" } };

    private static readonly DateTime After = new(2026, 1, 10, 0, 0, 0, DateTimeKind.Utc);

    private static readonly Dictionary<string, string> Values = new()
    {
        ["call_id"] = "CA77",
        ["provider"] = "acs",
        ["recording_source"] = "acs",
        ["recording_type"] = "chunk",
        ["status"] = "failed",
        ["assistant_id"] = "assistant-7",
        ["recording_sid"] = "RE1000",
        ["direction"] = "outbound-api",
        ["from_address"] = "+1500777",
        ["to_address"] = "+1600777",
        ["completeness"] = "missing",
    };

    private static readonly Dictionary<string, Func<ListRequest, ListRequest>> Others = new()
    {
        [ListParameters.Number] = request => request with { Number = "+1600777" },
        [ListParameters.MinDurationMs] = request => request with { MinDurationMs = 7_200_000 },
        [ListParameters.MaxDurationMs] = request => request with { MaxDurationMs = 500 },
        [LimitedKey] = request => request,
    };

    public static TheoryData<string, string?> Filters
    {
        get
        {
            var data = new TheoryData<string, string?> { { "recordings", null }, { "calls", null } };
            data.AddRange(ListRecordingsQuery.Parameters.Filters.Select(filter => new TheoryDataRow<string, string?>("recordings", filter.Name)));
            data.AddRange(ListCallsQuery.Parameters.Filters.Select(filter => new TheoryDataRow<string, string?>("calls", filter.Name)));
            data.AddRange(Others.Keys.SelectMany(name => new TheoryDataRow<string, string?>[] { ("calls", name), ("recordings", name) }));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Explain_FilterWithTimesAndCursor_ReadsAnIndexInOrder(string list, string? filter)
    {
        var status = list == "calls" ? "busy" : Values["status"];
        var page = filter switch
        {
            null => new ListRequest(),
            "status" => new ListRequest { Equal = [(filter, status)] },
            _ when Others.TryGetValue(filter, out var with) => with(new ListRequest()),
            _ => new ListRequest { Equal = [(filter, Values[filter])] },
        };
        var id = list == "calls" ? "CA5" : Guid.Empty.ToString("D");
        foreach (var request in (ListRequest[])
            [
                page,
                page with { StartedAfter = After, StartedBefore = After.AddDays(1) },
                page with { Cursor = new PageCursor(After, id) },
                page with { Cursor = new PageCursor(After, id, EarliestFirst: true), EarliestFirst = true },
            ])
        {
            var caller = filter == LimitedKey ? Limited : Caller.Burqi;
            var (sql, parameters) = list == "calls" ? ListCallsQuery.Statement(request, caller) : ListRecordingsQuery.Statement(request, caller);
            await using var connection = await catalog.Database.OpenConnectionAsync();
            var plan = string.Join('\n', await connection.QueryAsync<string>(new CommandDefinition($"explain (analyze, buffers, timing off) {sql}", parameters)));

            plan.ShouldNotContain("Seq Scan", Case.Sensitive, plan);
            plan.ShouldContain("Index", Case.Sensitive, plan);

            // A page of 50 out of 200 000 rows: the index leads to it, so no more than that is read and thrown away.
            var removed = plan.Split('\n').Where(line => line.Contains("Rows Removed by Filter: ", StringComparison.Ordinal)).Sum(line => int.Parse(line.Split(": ")[1]));
            removed.ShouldBeLessThan(500, plan);
        }
    }

    public sealed class FilledHost : CatalogHost
    {
        private const int Rows = 200_000;

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await using var connection = await Database.OpenConnectionAsync();
            await connection.ExecuteAsync(new CommandDefinition(
                $"""
                -- Without triggers: nobody is to look at what these calls lack.
                set session_replication_role = replica;
                insert into catalog.calls (
                    call_id, provider, direction, from_address, to_address, assistant_id, completeness, status, duration_ms, started_at,
                    listed_at, told)
                select 'CA' || n, case when n % 1000 = 0 then 'acs' else 'twilio' end, case when n % 1000 = 1 then 'outbound-api' else 'inbound' end,
                       '+1500' || n % 5000, '+1600' || n % 5000, 'assistant-' || n % 400,
                       case when n % 1000 = 2 then 'missing' else 'complete' end, case when n % 2000 = 0 then 'busy' else 'completed' end,
                       case when n % 20000 < 5 then 7200000 + n when n % 20000 < 10 then n % 500 else 1000 + n end, at, at, jsonb_build_object()
                from generate_series(1, {Rows}) n, lateral (select timestamptz '2026-01-01Z' + n * interval '7 seconds' as at) t;

                insert into catalog.recordings (
                    id, call_id, provider, recording_source, recording_type, status, recording_sid, assistant_id, duration_ms, started_at,
                    listed_at, told)
                select md5(n::text)::uuid, 'CA' || n / 4, case when n % 1000 = 0 then 'acs' else 'twilio' end, case when n % 1000 = 0 then 'acs' else 'local' end,
                       case when n % 1000 = 0 then 'chunk' else 'mixed' end, case when n % 2000 = 0 then 'failed' else 'captured' end,
                       case when n % 4 = 0 then 'RE' || n end, 'assistant-' || n % 400,
                       case when n % 20000 < 5 then 7200000 + n when n % 20000 < 10 then n % 500 else 1000 + n end, at, at, jsonb_build_object()
                from generate_series(1, {Rows}) n, lateral (select timestamptz '2026-01-01Z' + n * interval '7 seconds' as at) t;

                insert into catalog.recording_numbers
                select number, recording.listed_at, recording.id
                from catalog.recordings recording join catalog.calls using (call_id), lateral (values (from_address), (to_address)) side (number);
                analyze catalog.recording_numbers;
                analyze catalog.calls;
                analyze catalog.recordings;
                """,
                commandTimeout: 120));
        }
    }
}
