using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Tests.Recordings.Upgrade;

/// <summary>
/// Whatever the order in which a call's messages come, however often and however many at once: the rows they end in are the same.
/// </summary>
public sealed class UpgradeOrderTests(CatalogHost catalog, UpgradeOrderTests.Replica replica) : IClassFixture<UpgradeOrderTests.Replica>
{
    private const int Orders = 18;

    private static readonly Dictionary<string, (Func<ToldCall, IEnumerable<object>> Messages, string Mix, string? Refusal)> Cases = new()
    {
        ["better"] = (call => [.. call.Stream(), call.OfferArchived()], "RE1", null),
        ["as much shorter as may be"] = (call => [.. call.Stream(), call.OfferArchived() with { DurationMs = 28_020 }], "RE1", null),
        ["shorter than that"] = (
            call => [.. call.Stream(), call.OfferArchived() with { DurationMs = 28_019 }],
            "local",
            "It is 2.001 s shorter than the mix that was recorded here."),
        ["one channel"] = (
            call => [.. call.Stream(), call.OfferArchived() with { Channels = 1 }],
            "local",
            "It has one channel, which does not tell the speakers apart."),
        ["silent"] = (
            call => [.. call.Stream(), call.OfferArchived() with { Peak = 20, SilentChannels = 2 }],
            "local",
            "It holds nothing but silence."),
        ["one side is missing"] = (
            call => [.. call.Stream(), call.OfferArchived() with { SilentChannels = 1 }],
            "local",
            "One of its channels is silent, though both sides were heard here."),
        ["one side said nothing"] = (
            call =>
            [
                .. call.Stream().Where(message => message is not RecordingCaptured { RecordingType: "assistant" }),
                call.Captured("assistant", peak: 32), call.OfferArchived() with { SilentChannels = 1 },
            ],
            "RE1",
            null),
        ["one side alone"] = (
            call => [.. call.Stream(), call.OfferReady() with { Track = "inbound", ReadyAt = ToldCall.Start.AddSeconds(41) }, call.OfferArchived()],
            "local",
            "It holds one side of the call alone: its track is inbound."),
        ["absent"] = (call => [.. call.Stream(), call.OfferFailed(RecordingStatuses.Absent)], "local", null),
        ["not archived"] = (call => [.. call.Stream()], "local", null),
        ["recovered late"] = (
            call =>
            [
                .. call.Stream().Where(message => message is not (RecordingCaptured or RecordingStarted)),
                .. ((string[])["user", "assistant", "mixed"]).Select(type => call.Captured(type) with { Recovered = true }), call.OfferArchived(),
            ],
            "RE1",
            null),
        ["nothing of ours"] = (call => [call.OfferArchived()], "instead RE1", null),
        ["tracks of ours, but no mix"] = (
            call => [.. call.Stream(without: "mixed"), call.OfferArchived()],
            "instead RE1",
            null),
        ["a mix without audio"] = (call => [call.Started("mixed"), call.LocalFailed("mixed"), call.OfferArchived() with { Channels = 1 }], "RE1", null),
        ["a mix that was never stored"] = (call => [.. NeverStored(call), call.OfferArchived() with { Channels = 1, DurationMs = 20_000 }], "RE1", null),
        ["two of ours, the longer was never stored"] = (
            call => [.. call.Stream(), .. NeverStored(call, "MZ2", 40_000), call.OfferArchived()],
            "MZ1 by RE1",
            null),
        ["two of ours, neither was ever stored"] = (
            call => [.. NeverStored(call), .. NeverStored(call, "MZ2", 40_000), call.OfferArchived()],
            "MZ2 by RE1",
            null),
        ["a mix that is still recording"] = (call => [call.Started("mixed"), call.OfferArchived()], "local", null),
        ["two of the provider's, the longer wins"] = (
            call => [.. call.Stream(), call.OfferArchived(), call.OfferReady("RE2"), call.OfferArchived("RE2") with { DurationMs = 30_200 }],
            "RE2",
            "Another recording of the provider's is used: RE2."),
        ["two of the provider's, two channels win"] = (
            call => [call.OfferArchived() with { Channels = 1, DurationMs = 60_000 }, call.OfferArchived("RE2")],
            "instead RE2",
            "Another recording of the provider's is used: RE2."),
        ["two of ours, the longer is upgraded"] = (call => [.. call.Stream(), .. call.Stream("MZ2", durationMs: 31_000), call.OfferArchived()], "MZ2 by RE1", null),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Tell_AnyOrderAnyNumberOfTimes_EndsInTheSameRows(string name)
    {
        var (messages, mix, refusal) = Cases[name];
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        string? expected = null;
        for (var run = 0; run < Orders; run++)
        {
            var call = new ToldCall();
            object[] told = [call.CallStarted(), call.CallEnded(), call.OfferStarted(), call.OfferReady(), .. messages(call)];
            object[] order = [.. told, .. random.GetItems(told, told.Length / 2)];

            // The first run is the order of the list, each after the other: what comes out of it is looked at by hand below.
            if (run > 0)
            {
                random.Shuffle(order);
            }

            switch (run % 3)
            {
                case 0:
                    await catalog.TellAsync(order);
                    break;
                case 1:
                    await catalog.TellAtOnceAsync(order);
                    break;
                default:
                    await Task.WhenAll(catalog.TellAtOnceAsync(order[..(order.Length / 2)]), replica.TellAtOnceAsync(order[(order.Length / 2)..]));
                    break;
            }

            var rows = await call.RowsAsync(catalog);
            expected ??= rows;
            rows.ShouldBe(expected, $"{name}: run {run} of seed {seed}");
            await ShouldTellItsEventsAsync(call, mix, refusal is not null);
        }

        Check(JsonNode.Parse(expected!)!.AsArray(), mix, refusal);
    }

    /// <summary>A media stream whose mix was captured, and whose archiving was given up.</summary>
    private static IEnumerable<object> NeverStored(ToldCall call, string streamId = "MZ1", long durationMs = 30_020) =>
    [
        .. call.Stream(streamId, durationMs).Where(message => message is not RecordingArchived { RecordingType: "mixed" }),
        call.LocalFailed("mixed") with { RecordingId = call.Local("mixed", streamId), StreamId = streamId, FailedAt = ToldCall.Start.AddHours(1) },
    ];

    private static void Check(JsonArray rows, string mix, string? refusal)
    {
        var mixes = rows.Where(row => row!["recording_type"]!.GetValue<string>() == "mixed").ToList();
        switch (mix)
        {
            case "local":
                mixes.ShouldHaveSingleItem().ShouldHave(("recording_source", "local"), ("recording_sid", null));
                mixes[0]!["derived"]!.AsObject().Count.ShouldBe(0);
                break;
            case "RE1" or "RE2":
                ShouldPointAt(mixes.ShouldHaveSingleItem()!, mix);
                break;
            case "MZ1 by RE1" or "MZ2 by RE1":
                mixes.Count.ShouldBe(2);
                ShouldPointAt(mixes.Single(row => row!["id"]!.GetValue<string>() == $"{mix[..3]} mixed")!, "RE1");
                var other = mixes.Single(row => row!["id"]!.GetValue<string>() != $"{mix[..3]} mixed")!;
                other.ShouldHave(("recording_sid", null));
                other["derived"]!.AsObject().Count.ShouldBe(0);
                break;
            default:
                var sid = mix["instead ".Length..];
                mixes.ShouldHaveSingleItem().ShouldHave(
                    ("id", mix), ("recording_source", "twilio"), ("status", "completed"), ("s3_key", $"recordings/CA_{sid}.wav"), ("recording_sid", sid));
                mixes[0]!["recording_metadata"].ShouldHave(("source", "twilio"), ("provider_recording_id", sid));
                break;
        }

        rows.Select(row => row!["recording_metadata"]!["not_used_because"]?.GetValue<string>()).Where(reason => reason is not null)
            .ShouldBe(refusal is null ? [] : [refusal]);
    }

    private static void ShouldPointAt(JsonNode mix, string sid)
    {
        mix.ShouldHave(
            ("recording_source", "local"), ("status", "completed"), ("recording_sid", sid), ("s3_key", $"recordings/CA_{sid}.wav"),
            ("s3_url", "file:///objects/provider"), ("file_size", 963_244), ("sha256", ToldCall.ProviderSha256));
        mix["recording_metadata"].ShouldHave(
            ("source", "twilio_override"), ("original_source", "local"), ("provider_recording_id", sid), ("archived_at", "2026-03-01T09:30:42.123000Z"));
        if (mix["recording_metadata"]!["local_status"]!.GetValue<string>() == "completed")
        {
            mix["recording_metadata"].ShouldHave(("local_sha256", Told.Sha256), ("local_file_size", 480_364), ("local_store", "disk"));
            mix["recording_metadata"]!["local_s3_key"]!.GetValue<string>().ShouldStartWith("recordings/CA/MZ");
        }
    }

    /// <summary>Which events there are depends on the order; the last of them says how things are.</summary>
    private async Task ShouldTellItsEventsAsync(ToldCall call, string mix, bool isRefused)
    {
        var events = (await call.EventsAsync(catalog)).Select(told => told!.AsObject()).ToList();
        if (isRefused)
        {
            events.ShouldContain(told => told["event"]!.GetValue<string>() == "upgrade_refused");
        }

        if (mix != "local")
        {
            var (row, sid) = mix switch
            {
                "MZ1 by RE1" or "MZ2 by RE1" => (call.Local("mixed", mix[..3]), "RE1"),
                ['R', 'E', _] => (call.Local("mixed"), mix),
                _ => (call.StandIn(mix["instead ".Length..]), mix["instead ".Length..]),
            };
            var last = events.Last(told => told["event"]!.GetValue<string>() == "upgraded");
            last.ShouldHave(("recording_id", row.ToString()));
            last["details"].ShouldHave(("provider_recording_id", call.Offer(sid).ToString()), ("recording_sid", sid));
        }
    }

    /// <summary>Another process of catalog on the same database.</summary>
    public sealed class Replica(CatalogHost catalog) : CatalogHost
    {
        protected override Task<string> ConnectionStringAsync() => Task.FromResult(catalog.ConnectionString);
    }
}
