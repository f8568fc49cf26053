using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Tests.Reconcile;

/// <summary>What Twilio's list can look like, well and badly meant.</summary>
public sealed class TwilioListTests : ReconcileTest
{
    private const string ListPath = $"/2010-04-01/Accounts/{AccountSid}/Recordings.json";

    private const string Conference = "CF00000000000000000000000000000001";

    private static readonly DateTimeOffset Midnight = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Run_RecordingThatBeganBeforeTheWindowAndEndedInIt_IsFound()
    {
        // A list by the day on which a recording began, as Twilio keeps it.
        var recordings = new[]
        {
            (Sid: Sid(1), Began: Midnight.AddMinutes(-30), Seconds: 3600), // 23:30 to 00:30
            (Sid: Sid(2), Began: Midnight.AddHours(-20), Seconds: 73_000), // 04:00 to 00:16:40
            (Sid: Sid(3), Began: Midnight.AddMinutes(-30), Seconds: 60), // over before
            (Sid: Sid(4), Began: Midnight.AddMinutes(50), Seconds: 600), // 00:50 to 01:00
            (Sid: Sid(5), Began: Midnight.AddMinutes(59), Seconds: 7200), // 00:59 to 02:59
            (Sid: Sid(6), Began: Midnight.AddMinutes(61), Seconds: 60), // began after
        };
        Peer.Answers[ListPath] = (context, _) =>
        {
            var (from, to) = (Day(context, "DateCreated>"), Day(context, "DateCreated<"));
            return WriteAsync(context, Page(recordings.Where(one => one.Began >= from && one.Began < to).Select(one => Recording(one.Sid, one.Began, one.Seconds))));
        };
        await using var archiver = await StartArchiverAsync();

        var run = await RunAsync(archiver, Midnight.AddMinutes(15), Midnight.AddHours(1));

        run["status"]!.GetValue<string>().ShouldBe("completed", run.ToJsonString());
        run["missing"]!.AsArray().Select(one => one!["recording_sid"]!.GetValue<string>()).ShouldBe([Sid(1), Sid(2), Sid(4), Sid(5)], ignoreOrder: true);
        Peer.Seen.First(seen => seen.Path == ListPath).Query.ShouldBe("?DateCreated%3E=2026-11-19&DateCreated%3C=2026-11-21&PageSize=1000");
    }

    [Theory]
    [InlineData("https://example.com" + ListPath + "?Page=1&PageToken=PA1")]
    [InlineData("//{other}" + ListPath + "?Page=1&PageToken=PA1")]
    [InlineData("http://{other}" + ListPath + "?Page=1&PageToken=PA1")]
    [InlineData("/\\{other}" + ListPath + "?Page=1&PageToken=PA1")]
    [InlineData("http://a:b@{self}" + ListPath + "?Page=1&PageToken=PA1")]
    [InlineData("/2010-04-01/Accounts/AC000000000000000000000000000000ff/Recordings.json?Page=1")]
    [InlineData("/2010-04-01/Accounts/" + AccountSid + "/Calls.json?Page=1")]
    [InlineData(ListPath + "/../Calls.json?Page=1")]
    [InlineData(ListPath)]
    public async Task Run_NextPageIsNotOfTheList_IsNeverAskedFor(string next)
    {
        await using var other = await HttpPeer.StartAsync();
        var address = next.Replace("{other}", new Uri(other.BaseUrl).Authority, StringComparison.Ordinal).Replace("{self}", new Uri(Peer.BaseUrl).Authority, StringComparison.Ordinal);
        Peer.Answers[ListPath] = (context, _) => WriteAsync(context, Page([Recording(Sid(1), Midnight, 10)], address));
        await using var archiver = await StartArchiverAsync();

        var run = await RunAsync(archiver, Midnight, Midnight.AddHours(1));

        run["error"]!.GetValue<string>().ShouldBe("Twilio named a next page that is not of the same list: it is not asked for.");
        other.Seen.ShouldBeEmpty();
        Peer.Seen.Count(seen => seen.Path.Contains("Recordings.json", StringComparison.Ordinal)).ShouldBe(1);
        Peer.Seen.ShouldNotContain(seen => seen.Path.EndsWith("/Calls.json", StringComparison.Ordinal) || seen.Path.Contains("ff/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_NextPage_IsAskedForByTheAddressTwilioGave()
    {
        var second = $"{ListPath}?Page=1&PageSize=1&PageToken=PA%2Bx";
        Peer.Answers[ListPath] = (context, number) => WriteAsync(
            context, number == 0 ? Page([Recording(Sid(1), Midnight, 10)], second) : Page([Recording(Sid(2), Midnight, 10)], Peer.BaseUrl + second + "2", number == 1));
        await using var archiver = await StartArchiverAsync();

        var run = await RunAsync(archiver, Midnight, Midnight.AddHours(1));

        Count(run, "missing").ShouldBe(2);
        Peer.Seen.Where(seen => seen.Path == ListPath).Skip(1).Select(seen => seen.Query).ShouldBe(["?Page=1&PageSize=1&PageToken=PA%2Bx", "?Page=1&PageSize=1&PageToken=PA%2Bx2"]);
        Peer.Seen.Where(seen => seen.Path == ListPath).ShouldAllBe(seen => seen.Authorization.StartsWith("Basic ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_ListThatDoesNotEnd_IsGivenUp()
    {
        Settings["Archiver:Reconcile:MaxPages"] = "7";
        Peer.Answers[ListPath] = (context, number) => WriteAsync(context, Page([], $"{ListPath}?Page={number + 1}&PageToken=PA{number}"));
        await using var archiver = await StartArchiverAsync();

        var run = await RunAsync(archiver, Midnight, Midnight.AddHours(1));

        run["error"]!.GetValue<string>().ShouldBe("The list did not end after 7 pages: ask for a shorter time.");
        Peer.Seen.Count.ShouldBe(7);
    }

    [Theory]
    [InlineData("<html>", "Twilio answered with something that cannot be read.")]
    [InlineData("null", "Twilio answered with something that cannot be read.")]
    [InlineData("{}", "Twilio answered with a page that is none.")]
    [InlineData("""{"recordings":5}""", "Twilio answered with something that cannot be read.")]
    public async Task Run_AnswerIsNoPage_IsNamed(string body, string error)
    {
        Settings["Archiver:Reconcile:Attempts"] = "2";
        Peer.Answers[ListPath] = (context, _) => WriteAsync(context, body);
        await using var archiver = await StartArchiverAsync();

        (await RunAsync(archiver, Midnight, Midnight.AddHours(1)))["error"]!.GetValue<string>().ShouldBe(error);
        Peer.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Run_OddEntries_CostNothingButThemselves()
    {
        var odd = new[]
        {
            Recording("RE1", Midnight, 10),
            Recording(Sid(2), Midnight, 10, call: "../CA"),
            Recording(Sid(3), Midnight, 10, status: "unheard-of"),
        };
        var absent = Recording(Sid(4), Midnight, 0, status: "absent");
        absent["error_code"] = 16102;
        absent["duration"] = null;
        var ofConference = Recording(Sid(5), Midnight, 10);
        (ofConference["call_sid"], ofConference["conference_sid"]) = (null, "CF00000000000000000000000000000001");
        var deleted = Recording(Sid(6), Midnight, 10, status: "deleted");
        var withNumbers = Recording(Sid(7), Midnight, 10);
        (withNumbers["duration"], withNumbers["channels"], withNumbers["encryption_details"]) = (12, "2", new JsonObject());
        var failed = Recording(Sid(8), Midnight, 0, status: "failed");
        var (sidOfANumber, statusOfANumber) = (Recording(Sid(9), Midnight, 10), Recording(Sid(10), Midnight, 10));
        (sidOfANumber["sid"], statusOfANumber["status"]) = (5, 5);
        var page = Page([.. odd, absent, ofConference, deleted, withNumbers, withNumbers.DeepClone(), failed, sidOfANumber, statusOfANumber])
            .Replace("\"recordings\":[", """ "recordings":[null,5,"RE",{"sid":"\ud800"},{"duration":"\ud800"}, """, StringComparison.Ordinal);
        Peer.Answers[ListPath] = (context, _) => WriteAsync(context, page);
        await using var archiver = await StartArchiverAsync();

        var run = await RunAsync(archiver, Midnight, Midnight.AddHours(1));

        run["status"]!.GetValue<string>().ShouldBe("completed", run.ToJsonString());
        (Count(run, "unreadable"), Count(run, "missing"), Count(run, "missing_absent"), Count(run, "missing_failed")).ShouldBe((10, 4, 1, 1));
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingFailed>().Count == 2 && archiver.Published.Of<ProviderRecordingReady>().Count == 2);
        var told = archiver.Published.Of<RecordingFailed>().Single(one => one.Status == RecordingStatuses.Absent);
        (told.ErrorCode, told.Reason).ShouldBe(("16102", "Twilio kept no recording: it was silent."));
        archiver.Published.Of<ProviderRecordingReady>().Select(one => (one.CallId, one.DurationMs, one.Channels, one.Encrypted)).ShouldBe(
            [("CF00000000000000000000000000000001", 10_000, 2, null), (CallSid, 12_000, 2, true)], ignoreOrder: true);

        Count(await RunAsync(archiver, Midnight, Midnight.AddHours(1)), "missing").ShouldBe(0);
    }

    [Theory]
    [InlineData(Conference, CallSid)] // the callback named the conference alone, the list names both
    [InlineData(CallSid, null)] // and the other way round
    public async Task Run_ConferenceToldOfUnderAnotherName_IsKnownAndArchivedOnce(string told, string? listed)
    {
        var recording = Recording(RecordingSid, Midnight, 10);
        (recording["call_sid"], recording["conference_sid"]) = (listed, Conference);
        Peer.Answers[ListPath] = (context, _) => WriteAsync(context, Page([recording]));
        Peer.Serve(TwilioMediaPath, Wav.Create(1000, channels: 2));
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(Ready() with { CallId = told, ProviderRecordingId = RecordingSid, RecordingId = IdOf(told, RecordingSid) });
        await Eventually.BecomesTrueAsync(async () => await JobsAsync("status = 'completed'") == 1);

        var run = await RunAsync(archiver, Midnight, Midnight.AddHours(1));

        (Count(run, "known"), Count(run, "missing")).ShouldBe((1, 0), run.ToJsonString());
        (await JobsAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Run_ConferenceHeardOfWithoutAJob_IsKnown()
    {
        var recording = Recording(RecordingSid, Midnight, 10);
        recording["conference_sid"] = Conference;
        Peer.Answers[ListPath] = (context, _) => WriteAsync(context, Page([recording]));
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(Ready() with { CallId = Conference, ProviderRecordingId = RecordingSid, RecordingId = IdOf(Conference, RecordingSid), AutoSave = false });
        await Eventually.BecomesTrueAsync(async () => await ScalarAsync<long>("select count(*) from archiver.heard_recordings") == 1);

        var run = await RunAsync(archiver, Midnight, Midnight.AddHours(1));

        (Count(run, "known"), Count(run, "missing")).ShouldBe((1, 0), run.ToJsonString());
    }

    [Fact]
    public async Task Run_OnlyAChannelBearsTheId_IsMissing()
    {
        Peer.Answers[ListPath] = (context, _) => WriteAsync(context, Page([Recording(Sid(1), Midnight, 10)]));
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(Ready() with { ProviderRecordingId = Sid(1) });
        await Eventually.BecomesTrueAsync(async () => await JobsAsync() == 1);
        await ExecuteAsync("update archiver.jobs set split_from = gen_random_uuid(), recording_id = gen_random_uuid()");

        Count(await RunAsync(archiver, Midnight, Midnight.AddHours(1)), "missing").ShouldBe(1);
    }

    [Fact]
    public async Task Run_SomethingNobodyForesaw_EndsItAsFailedWithItsType()
    {
        var recording = Recording(Sid(1), Midnight, 10);
        recording["source"] = "a\0b"; // PostgreSQL's text takes no such character
        Peer.Answers[ListPath] = (context, _) => WriteAsync(context, Page([recording]));
        await using var archiver = await StartArchiverAsync();

        var run = await RunAsync(archiver, Midnight, Midnight.AddHours(1));

        (run["status"]!.GetValue<string>(), run["error"]!.GetValue<string>()).ShouldBe(("failed", "Something unexpected went wrong (Npgsql.PostgresException): the log has more."));
        (await ScalarAsync<int>("select attempts from archiver.reconciliations")).ShouldBe(1);
    }

    [Fact]
    public async Task Run_ToldToWaitForLong_EndsAndLeavesItToTheNext()
    {
        Peer.Answers[ListPath] = (context, _) =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "1800");
            return Task.CompletedTask;
        };
        await using var archiver = await StartArchiverAsync();

        var run = await RunAsync(archiver, Midnight, Midnight.AddHours(1));

        run["error"]!.GetValue<string>().ShouldBe("Twilio answered 429. It asks to be left alone for 30 minutes: the next run tries again.");
        Peer.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Run_ByTheClockWhileOneAccountFails_ListsTheOthersFromWhereTheyWereLeftOff()
    {
        const string revoked = "AC000000000000000000000000000000ff";
        Settings["TWILIO_CREDENTIALS"] = "revoked";
        Settings["TWILIO_REVOKED_ACCOUNT_SID"] = revoked;
        Settings["TWILIO_REVOKED_AUTH_TOKEN"] = "wrong";
        Peer.Answers[ListPath] = (context, _) => WriteAsync(context, Page([]));
        var theirs = ListPath.Replace(AccountSid, revoked, StringComparison.Ordinal);
        Peer.Answers[theirs] = (context, _) =>
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        };
        await using (await StartArchiverAsync())
        {
            await Eventually.BecomesTrueAsync(async () => await ScalarAsync<bool>("select to_regclass('archiver.reconciliations') is not null"));
        }

        // For twenty days the one could not be read, and the other was.
        await ExecuteAsync(
            $$"""
            insert into archiver.reconciliations (id, provider, requested_by, window_from, window_to, status, created_at, progress)
            values (gen_random_uuid(), 'twilio', 'schedule', now() - interval '21 days', now() - interval '20 days', 'completed', now() - interval '20 days', '{"accounts":[]}'),
                   (gen_random_uuid(), 'twilio', 'schedule', now() - interval '20 days', now() - interval '2 hours', 'failed', now() - interval '2 hours',
                    '{"accounts":[{"account_id":"{{AccountSid}}","status":"completed"},{"account_id":"{{revoked}}","status":"failed"}]}')
            """);
        Settings["BURQI_RECONCILE_INTERVAL_MINUTES"] = "60";
        await using var archiver = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(async () => await ScalarAsync<long>("select count(*) from archiver.reconciliations where status <> 'running'") == 3, TimeSpan.FromMinutes(1));

        AskedFrom(ListPath).ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().AddDays(-3));
        AskedFrom(theirs).ShouldBeLessThan(TimeProvider.System.GetUtcNow().AddDays(-20));

        DateTimeOffset AskedFrom(string path) => DateTimeOffset.ParseExact(
            Peer.Seen.First(seen => seen.Path == path).Query.AsSpan("?DateCreated%3E=".Length, "yyyy-MM-dd".Length), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }

    [Fact]
    public async Task Run_CallThatGoesOn_IsAskedForAgainByTheNextRun()
    {
        var callPath = $"/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}.json";
        Peer.Answers[ListPath] = (context, _) => WriteAsync(context, Page([Recording(Sid(1), Midnight, 10)]));
        Peer.Answers[callPath] = (context, number) => WriteAsync(context, new JsonObject
        {
            ["sid"] = CallSid,
            ["status"] = number == 0 ? "in-progress" : "completed",
            ["start_time"] = Rfc2822(Midnight),
            ["end_time"] = number == 0 ? null : Rfc2822(Midnight.AddSeconds(20)),
            ["duration"] = number == 0 ? null : "20",
        }.ToJsonString());
        await using var archiver = await StartArchiverAsync();

        await RunAsync(archiver, Midnight, Midnight.AddHours(1));
        archiver.Published.Of<Contracts.Calls.CallEnded>().ShouldBeEmpty();
        await RunAsync(archiver, Midnight, Midnight.AddHours(1));
        await RunAsync(archiver, Midnight, Midnight.AddHours(1));

        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<Contracts.Calls.CallEnded>().Count == 1);
        archiver.Published.Of<Contracts.Calls.CallEnded>().Single().DurationMs.ShouldBe(20_000);
        Peer.Seen.Count(seen => seen.Path == callPath).ShouldBe(2);
    }

    [Fact]
    public async Task Run_SubaccountWhoseFilesWereFetched_IsLookedThroughAsWell()
    {
        const string subaccount = "AC00000000000000000000000000000002";
        Peer.Answers[ListPath] = (context, _) => WriteAsync(context, Page([]));
        var theirs = Recording(Sid(2), Midnight, 10);
        theirs["account_sid"] = subaccount;
        Peer.Answers[ListPath.Replace(AccountSid, subaccount, StringComparison.Ordinal)] = (context, _) => WriteAsync(context, Page([theirs]));
        Peer.Serve(TwilioMediaPath.Replace(AccountSid, subaccount, StringComparison.Ordinal), Wav.Create(1000, channels: 2));
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(Ready() with { AccountId = subaccount });
        await Eventually.BecomesTrueAsync(async () => await JobsAsync("status = 'completed'") == 1);

        var run = await RunAsync(archiver, Midnight, Midnight.AddHours(1));

        run["accounts"]!.AsArray().Select(account => (account!["account_id"]!.GetValue<string>(), account["missing"]!.GetValue<int>())).ShouldBe([(AccountSid, 0), (subaccount, 1)]);
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<ProviderRecordingReady>().Count == 2);
        archiver.Published.Of<ProviderRecordingReady>().ShouldAllBe(told => told.AccountId == subaccount);
    }

    [Fact]
    public async Task Run_BrokerConfirmsNothing_IsAnnouncedOnceItDoes()
    {
        Peer.Answers[ListPath] = (context, _) => WriteAsync(context, Page([Recording(Sid(1), Midnight, 10)]));
        await using var archiver = await StartArchiverAsync();
        archiver.Published.Outage = true;

        var run = await RunAsync(archiver, Midnight, Midnight.AddHours(1));
        await Eventually.BecomesTrueAsync(() => archiver.Published.Refused > 1);
        run["missing"]![0]!["announced_at"].ShouldBeNull();
        archiver.Published.Outage = false;

        await Eventually.BecomesTrueAsync(async () => (await GetAsync(archiver, $"/reconciliations/{run["id"]}"))["missing"]![0]!["announced_at"] is not null);
        await Eventually.BecomesTrueAsync(async () => await JobsAsync() == 1);
    }

    internal static string Sid(int number) => string.Create(CultureInfo.InvariantCulture, $"RE{number:x32}");

    internal static string Rfc2822(DateTimeOffset time) => time.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);

    internal static JsonObject Recording(string sid, DateTimeOffset began, int seconds, string status = "completed", string? call = null) => new()
    {
        ["account_sid"] = AccountSid,
        ["call_sid"] = call ?? CallSid,
        ["conference_sid"] = null,
        ["channels"] = 2,
        ["date_created"] = Rfc2822(began),
        ["date_updated"] = Rfc2822(began.AddSeconds(seconds)),
        ["start_time"] = Rfc2822(began),
        ["duration"] = seconds.ToString(CultureInfo.InvariantCulture),
        ["sid"] = sid,
        ["status"] = status,
        ["source"] = "StartCallRecordingTwiML",
        ["error_code"] = null,
        ["encryption_details"] = null,
    };

    internal static string Page(IEnumerable<JsonNode> recordings, string? next = null, bool hasNext = true) => new JsonObject
    {
        ["recordings"] = new JsonArray([.. recordings.Select(recording => recording.Parent is null ? recording : recording.DeepClone())]),
        ["next_page_uri"] = hasNext ? next : null,
    }.ToJsonString();

    internal static async Task WriteAsync(HttpContext context, string body)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
    }

    private static DateTimeOffset Day(HttpContext context, string name)
    {
        var day = DateTimeOffset.ParseExact(context.Request.Query[name].ToString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return day; // the day after is given as the end: taken at its strictest, that day is not part of the list
    }
}
