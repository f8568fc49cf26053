using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Tests.Recordings.Upgrade;

public sealed class UpgradedMixTests(CatalogHost catalog)
{
    [Theory]
    [InlineData("")]
    [InlineData("/play")]
    public async Task Get_AudioOfAnUpgradedMix_IsTheProvidersObject(string route)
    {
        var call = new ToldCall();
        var archived = call.OfferArchived() with { ObjectKey = $"recordings/{call.CallId}/RE1.wav" };
        var audio = Enumerable.Range(0, 5000).Select(index => (byte)index).ToArray();
        var path = Path.Combine(catalog.ObjectsDirectory, archived.ObjectKey);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, audio);
        await catalog.TellAsync([.. call.Stream(), archived with { FileSize = audio.Length }]);

        using var answer = await catalog.Client.GetAsync(new Uri($"/calls/{call.CallId}/recording/{call.Local("mixed")}{route}", UriKind.Relative));

        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(audio);
        answer.Headers.ETag!.Tag.ShouldBe($"\"{ToldCall.ProviderSha256}\"");
        answer.Content.Headers.LastModified.ShouldBe(ToldCall.Start.AddSeconds(42).AddMilliseconds(-123));
    }

    [Fact]
    public async Task Tell_EverythingAgain_ChangesNothingAndTellsNoEvent()
    {
        var call = new ToldCall();
        object[] messages = [call.CallStarted(), call.CallEnded(), .. call.Stream(), call.OfferReady(), call.OfferArchived(), call.OfferArchived("RE2")];
        await catalog.TellAsync(messages);
        var (rows, events) = (await UpdatedAsync(call), (await call.EventsAsync(catalog)).ToJsonString());

        await catalog.TellAsync(messages);

        (await UpdatedAsync(call)).ShouldBe(rows);
        (await call.EventsAsync(catalog)).ToJsonString().ShouldBe(events);
    }

    [Fact]
    public async Task Tell_AMixOfOursAfterAll_RemovesWhatStoodForItAndSaysSo()
    {
        var call = new ToldCall();
        await catalog.TellAsync(call.CallStarted(), call.CallEnded(), call.OfferArchived());
        (await catalog.RecordingAsync(call.StandIn())).ShouldHave(("recording_source", "twilio"), ("status", "completed"));

        await catalog.TellAsync(call.Captured("mixed") with { Recovered = true });

        (await catalog.RowAsync("recordings", "id", call.StandIn())).ShouldBeNull();
        (await catalog.RecordingAsync(call.Local("mixed"))).ShouldHave(("status", "completed"), ("recording_sid", "RE1"));
        var events = await call.EventsAsync(catalog);
        events.Select(told => told!["event"]!.GetValue<string>()).ShouldBe(["upgraded", "upgraded", "stand_in_replaced"]);
        events[2].ShouldHave(("recording_id", call.StandIn().ToString()));
        events[2]!["details"].ShouldHave(("replaced_by", call.Local("mixed").ToString()));
    }

    [Fact]
    public async Task Tell_TheProvidersOnlyWhileTheCallGoesOn_AMixIsWaitedFor()
    {
        var call = new ToldCall();
        await catalog.TellAsync(call.CallStarted(), call.Started("user"), call.OfferArchived());
        (await catalog.RowAsync("recordings", "id", call.StandIn())).ShouldBeNull();

        await catalog.TellAsync(call.CallEnded());

        (await catalog.RecordingAsync(call.StandIn())).ShouldHave(("recording_type", "mixed"), ("recording_sid", "RE1"));
    }

    [Fact]
    public async Task Tell_AWorseOne_LeavesTheMixAsItIsAndSaysWhy()
    {
        var call = new ToldCall();
        await catalog.TellAsync([.. call.Stream(), call.OfferArchived() with { DurationMs = 5_000 }]);

        (await catalog.RecordingAsync(call.Local("mixed"))).ShouldHave(("status", "completed"), ("s3_key", $"recordings/{call.CallId}/MZ1_mixed.wav"));
        (await catalog.RecordingAsync(call.Offer()))["recording_metadata"].ShouldHave(("not_used_because", "It is 25.02 s shorter than the mix that was recorded here."));
        (await call.EventsAsync(catalog)).ShouldHaveSingleItem().ShouldHave(("event", "upgrade_refused"), ("recording_id", call.Offer().ToString()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tell_TheProvidersCopyIsDeleted_IsKeptOnceWhateverTheOrder(bool isFirst)
    {
        var call = new ToldCall();
        var deleted = new ProviderRecordingDeleted
        {
            RecordingId = call.Offer(),
            Provider = "twilio",
            CallId = call.CallId,
            RecordingType = RecordingTypes.Provider,
            RecordingSource = RecordingSources.Twilio,
            ProviderRecordingId = "RE1",
            ObjectKey = "k",
            DeletedAt = ToldCall.Start.AddDays(7),
        };
        await catalog.TellAsync(isFirst ? [deleted, deleted, call.OfferArchived()] : [call.OfferArchived(), deleted, deleted]);
        await catalog.TellAsync([.. call.Stream(), call.CallStarted()]);

        var row = await catalog.RecordingAsync(call.Offer());
        row.ShouldHave(("status", "completed"), ("s3_key", $"recordings/{call.CallId}_RE1.wav"), ("started_at", null));
        row["recording_metadata"].ShouldHave(("deleted_at_provider_at", "2026-03-08T09:30:00.123000Z"));
        (await catalog.RecordingAsync(call.Local("mixed"))).ShouldHave(("status", "completed"), ("recording_sid", "RE1"));
        var told = (await call.EventsAsync(catalog)).Single(told => told!["event"]!.GetValue<string>() == "provider_copy_deleted");
        told.ShouldHave(("recording_id", call.Offer().ToString()));
        told!["details"].ShouldHave(("recording_sid", "RE1"), ("s3_key", "k"), ("deleted_at", "2026-03-08T09:30:00.123Z"));

        await catalog.TellAsync(deleted with { RecordingId = Guid.NewGuid(), CreateDatabaseRecords = false });
        (await call.EventsAsync(catalog)).Count(told => told!["event"]!.GetValue<string>() == "provider_copy_deleted").ShouldBe(1);
    }

    private async Task<string> UpdatedAsync(ToldCall call)
    {
        await using var command = catalog.Database.CreateCommand("select jsonb_agg(to_jsonb(r) order by id)::text from catalog.recordings r where call_id = $1");
        command.Parameters.Add(new() { Value = call.CallId });
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
