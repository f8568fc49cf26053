using System.Net;
using System.Text.Json.Nodes;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Audit.Seals;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Tests.Audit;

/// <summary>Who does something to the chain has a database of its own: it would be found by all.</summary>
public sealed class SealTests(CatalogHost shared)
{
    private const string Key = "key-of-the-audit-tests-0123456789abcdef";

    /// <summary>What a superuser does, the kind that is named, and which of the events; null: none can be named.</summary>
    private static readonly (string Sql, string Kind, int? Number)[] Tampering =
    [
        ("update catalog.recording_events set details = '{\"n\": 40}' where id = @id", "changed", 4),
        ("update catalog.recording_events set actor = null where id = @id", "changed", 4),
        ("update catalog.recording_events set address = '' where id = @id", "changed", 4),
        ("update catalog.recording_events set at = at + interval '1 microsecond' where id = @id", "changed", 4),
        ("delete from catalog.recording_events where id = @id", "removed", 4),
        ("delete from catalog.recording_events where id = @id; delete from catalog.recording_event_seals where event_id = @id", "removed", null),
        ("insert into catalog.recording_events (id, call_id, event) overriding system value values (1000000, 'CA1', 'played')", "inserted", 1_000_000),
        ("update catalog.recording_event_seals set hash = sha256(hash) where event_id = @id", "changed", 4),
        (
            "delete from catalog.recording_event_seals where event_id = @id; insert into catalog.recording_event_seals values (4, @id, null, sha256('x'), sha256('y'))",
            "broken",
            3),
    ];

    [Fact]
    public async Task Verify_WhatASuperuserDidPastTheTriggers_IsNamed()
    {
        await using var catalog = await StartAsync();
        var events = await AppendAsync(catalog, 10);
        (await VerifyAsync(catalog)).ShouldHave(("verified", 10), ("problem", null), ("more", false));

        await using var connection = await catalog.Database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            set session_replication_role = replica;
            create table events as select * from catalog.recording_events;
            create table seals as select * from catalog.recording_event_seals;
            """);
        foreach (var (sql, kind, number) in Tampering)
        {
            await connection.ExecuteAsync(sql, new { id = events[3] });

            var problem = (await VerifyAsync(catalog))["problem"];
            problem.ShouldHave(("kind", kind), ("event_id", number is null or 1_000_000 ? number : events[number.Value - 1]));
            problem!["detail"]!.GetValue<string>().ShouldNotBeEmpty();

            await connection.ExecuteAsync(
                """
                truncate catalog.recording_events, catalog.recording_event_seals;
                insert into catalog.recording_events overriding system value select * from events;
                insert into catalog.recording_event_seals select * from seals;
                """);
        }

        (await VerifyAsync(catalog)).ShouldHave(("verified", 10), ("problem", null));
    }

    [Fact]
    public async Task Verify_TheEndCutOff_ShowsByTheNotedHead()
    {
        await using var catalog = await StartAsync();
        await AppendAsync(catalog, 6);
        var head = JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri("/audit/head", UriKind.Relative)))!;
        head.ShouldHave(("number", 6), ("unsealed", 0), ("key_id", null));
        var noted = $"head={head["hash"]}";
        await AppendAsync(catalog, 2);
        (await VerifyAsync(catalog, "limit=5")).ShouldHave(("verified", 5), ("number", 5), ("more", true));
        (await VerifyAsync(catalog, "limit=5&after=5")).ShouldHave(("verified", 3), ("number", 8), ("more", false));
        (await VerifyAsync(catalog, "after=9"))["problem"].ShouldHave(("kind", "removed"), ("number", 9));
        (await VerifyAsync(catalog, noted)).ShouldHave(("head_at", 6), ("number", 8));

        await using (var connection = await catalog.Database.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                set session_replication_role = replica;
                delete from catalog.recording_events where id in (select event_id from catalog.recording_event_seals where number > 4);
                delete from catalog.recording_event_seals where number > 4;
                set session_replication_role = origin;
                """);
        }

        await AppendAsync(catalog, 3);
        (await VerifyAsync(catalog, noted)).ShouldHave(("head_at", null), ("verified", 7), ("problem", null));
    }

    [Fact]
    public async Task Seal_OfWhatIsAppendedInParallel_HasEachOnceAndTakesNotBackWhatEndsLate()
    {
        await using var catalog = await StartAsync();
        await using var late = await catalog.Database.OpenConnectionAsync();
        await using (var transaction = await late.BeginTransactionAsync())
        {
            await late.ExecuteAsync("insert into catalog.recording_events (call_id, event) values ('CA1', 'late')");
            await AppendAsync(catalog, 5);
            await transaction.CommitAsync();
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AppendAsync(catalog, 50)));
        var command = catalog.Services.GetRequiredService<SealEventsCommand>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => command.ExecuteAsync(TestContext.Current.CancellationToken)));
        await SealedAsync(catalog);

        (await VerifyAsync(catalog)).ShouldHave(("verified", 206), ("number", 206), ("unsealed", 0), ("problem", null));
        await using var connection = await catalog.Database.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<bool>(
            "select event_id < (select event_id from catalog.recording_event_seals where number = 1) from catalog.recording_event_seals where number = 6")).ShouldBeTrue();
    }

    [Fact]
    public async Task Seal_WithAKey_CannotBeMadeByWhoeverHasTheDatabaseAlone()
    {
        await using var catalog = await StartAsync(Key);
        var events = await AppendAsync(catalog, 3);
        (await VerifyAsync(catalog)).ShouldHave(("verified", 3), ("keyed_since", 1), ("problem", null));

        // The last event is changed and its seal made anew, as it would be made without a key, under the key's name and under none.
        foreach (var (keyId, kind) in ((string, string)[])[("key_id", "changed"), ("null", "broken")])
        {
            await ForgeAsync(catalog, events[2], keyId);
            (await VerifyAsync(catalog))["problem"].ShouldHave(("kind", kind), ("event_id", events[2]));
        }
    }

    [Fact]
    public async Task Seal_BehindOneOfAKeyThatIsNotKnown_WaitsForWhoeverKnowsIt()
    {
        await using var catalog = await StartAsync();
        await using var connection = await catalog.Database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into catalog.recording_event_seals values (1, 0, 'another', decode(repeat('00', 32), 'hex'), sha256('x'));
            insert into catalog.recording_events (call_id, event) values ('CA1', 'missing');
            """);

        await Eventually.BecomesTrueAsync(async () =>
        {
            try
            {
                // Null while the host itself is at it.
                await catalog.Services.GetRequiredService<SealEventsCommand>().ExecuteAsync(TestContext.Current.CancellationToken);
                return false;
            }
            catch (SealKeyMissingException)
            {
                return true;
            }
        });
        (await GetAsync(catalog, "/audit/head")).ShouldHave(("number", 1), ("key_id", "another"), ("unsealed", 1));
    }

    [Fact]
    public async Task Verify_AllSealsMadeAnewWithoutTheKey_ShowsByWhatTheConfigurationSays()
    {
        await using var catalog = await StartAsync();
        await AppendAsync(catalog, 3);
        var found = await VerifyAsync(null);
        found.Problem.ShouldBeNull();
        found.HasKey.ShouldBeTrue();
        found.KeyId.ShouldBeNull();

        var problem = (await VerifyAsync("2")).Problem.ShouldNotBeNull();
        problem.Kind.ShouldBe("broken");
        problem.Number.ShouldBe(2);

        Task<AuditVerification> VerifyAsync(string? since) =>
            new VerifyAuditQuery(catalog.Services.GetRequiredService<CatalogDatabase>(), new AuditKeys(Options.Create(new AuditOptions { Keys = [Key], KeyedSince = since })))
                .ExecuteAsync(0, 100, head: null, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(Key, "0", false)]
    [InlineData(Key, "x", false)]
    [InlineData(null, "1", false)]
    [InlineData("short", null, false)]
    [InlineData(Key, "1", true)]
    [InlineData(null, null, true)]
    public void Options_ThatDoNotGoTogether_AreRefused(string? key, string? since, bool isGood) =>
        new AuditOptionsValidator().Validate(Options.DefaultName, new AuditOptions { Keys = AuditOptions.Read(key), KeyedSince = since }).Succeeded.ShouldBe(isGood);

    [Theory]
    [InlineData("update catalog.recording_event_seals set number = number")]
    [InlineData("delete from catalog.recording_event_seals")]
    [InlineData("truncate catalog.recording_event_seals")]
    public async Task Seals_ChangeOfAnything_IsRefusedByTheDatabase(string sql)
    {
        await using var connection = await shared.Database.OpenConnectionAsync();

        (await Should.ThrowAsync<Npgsql.PostgresException>(() => connection.ExecuteAsync(sql))).MessageText.ShouldContain("is refused");
    }

    [Theory]
    [InlineData("/audit/verification?after=-1")]
    [InlineData("/audit/verification?after=9223372036854775808")]
    [InlineData("/audit/verification?limit=0")]
    [InlineData("/audit/verification?head=abc")]
    [InlineData("/audit/verification?head=%00")]
    [InlineData("/audit/events?cursor=x")]
    [InlineData("/audit/events?call_id=%00")]
    [InlineData("/audit/events?call_id=a&call_id=b")]
    [InlineData("/audit/events?from=a")]
    public async Task Get_OddParameters_AreRefused(string address)
    {
        (await shared.Client.GetAsync(new Uri(address, UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Events_OfACallAndOfAKey_ComeInPagesTheLatestFirst()
    {
        var told = new Told();
        await shared.TellAsync(told.CallStarted(), told.Started());
        foreach (var address in (string[])[$"/calls/{told.CallId}", $"/recordings/{told.Id}"])
        {
            await shared.Client.GetStringAsync(new Uri(address, UriKind.Relative));
        }

        var first = await GetAsync(shared, $"/audit/events?call_id={told.CallId}&api_key_id=configured-1&limit=1");
        first["items"]!.AsArray().ShouldHaveSingleItem().ShouldHave(("event", "read"), ("recording_id", told.Id.ToString()), ("api_key_name", "configured-1"));
        var second = await GetAsync(shared, $"/audit/events?call_id={told.CallId}&limit=1&cursor={first["next_cursor"]}");
        second["items"]!.AsArray().ShouldHaveSingleItem().ShouldHave(("event", "read"), ("recording_id", null));
        second.ShouldHave(("next_cursor", null));
        (await GetAsync(shared, $"/audit/events?call_id={told.CallId}&api_key_id=configured-2"))["items"]!.AsArray().ShouldBeEmpty();
    }

    private static async Task ForgeAsync(CatalogHost catalog, long eventId, string keyId)
    {
        await using var connection = await catalog.Database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            $"""
            set session_replication_role = replica;
            update catalog.recording_events set actor = 'somebody else' where id = @eventId;
            update catalog.recording_event_seals set key_id = {keyId}, hash = sha256(previous_hash) where event_id = @eventId;
            set session_replication_role = origin;
            """,
            new { eventId });
    }

    private static async Task<CatalogHost> StartAsync(string? key = null)
    {
        var catalog = new AuditHost(key);
        await catalog.InitializeAsync();
        return catalog;
    }

    private static async Task<IReadOnlyList<long>> AppendAsync(CatalogHost catalog, int count)
    {
        await using var connection = await catalog.Database.OpenConnectionAsync();
        var ids = new List<long>();
        for (var number = 1; number <= count; number++)
        {
            await RecordingEventLog.AppendAsync(
                connection, RecordingEventNames.Missing, "CA1", Guid.NewGuid(), "somebody \"ä\"", new JsonObject { ["n"] = number }, TestContext.Current.CancellationToken);
            ids.Add(await connection.ExecuteScalarAsync<long>("select currval('catalog.recording_events_id_seq')"));
        }

        await SealedAsync(catalog);
        return ids;
    }

    private static Task SealedAsync(CatalogHost catalog) => Eventually.BecomesTrueAsync(async () =>
    {
        await using var connection = await catalog.Database.OpenConnectionAsync();
        return !await connection.ExecuteScalarAsync<bool>("select exists (select from catalog.recording_events_unsealed)");
    });

    private static Task<JsonNode> VerifyAsync(CatalogHost catalog, string query = "after=0") => GetAsync(catalog, $"/audit/verification?{query}");

    private static async Task<JsonNode> GetAsync(CatalogHost catalog, string address) =>
        JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri(address, UriKind.Relative)))!;

    private sealed class AuditHost(string? key) : CatalogHost
    {
        protected override Task<Dictionary<string, string>> SettingsAsync() =>
            Task.FromResult(key is null ? new Dictionary<string, string>() : new() { ["BURQI_AUDIT_KEY"] = key });
    }
}
