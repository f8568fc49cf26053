using Burqi.Contracts;
using Burqi.Contracts.Assistants;
using Burqi.Contracts.Recordings;
using Burqi.Media.Spool;
using Burqi.Media.Streams;
using Burqi.Media.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Media.Tests.Spool;

/// <summary>What an assistant's settings make of audio on its way to the disk.</summary>
public sealed class RecordingWriterTests
{
    private static readonly RecordedTrack User = new(0, RecordingTypes.User, MediaTrack.User, null);
    private static readonly RecordedTrack Assistant = new(1, RecordingTypes.Assistant, MediaTrack.Assistant, null);

    private static readonly AssistantSaved FrontDesk = new()
    {
        AssistantId = "front-desk",
        Version = 1,
        Enabled = true,
        Format = "mp3",
        SampleRate = 16_000,
        Channels = 2,
        RecordUserAudio = true,
        RecordAssistantAudio = false,
        RecordMixedAudio = true,
        AutoSave = true,
        RecordingsDir = "recordings",
        CreateDatabaseRecords = true,
        SavedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public async Task Assistant_WithSettings_GetsWhatItAskedFor()
    {
        await using var host = await MediaHost.StartAsync();
        var manifest = await RecordAsync(host, FrontDesk);

        host.Messages.Of<RecordingStarted>().Select(m => (m.RecordingType, m.Format, m.SampleRate, m.Channels)).ShouldBe(
            [(RecordingTypes.User, "mp3", 16_000, 1), (RecordingTypes.Mixed, "mp3", 16_000, 2)]);
        host.Messages.Of<RecordingCaptured>().Select(m => (m.RecordingType, m.Format, m.SampleRate, m.Channels, m.DurationMs, m.Recovered)).ShouldBe(
            [(RecordingTypes.User, "mp3", 16_000, 1, 1000L, false), (RecordingTypes.Mixed, "mp3", 16_000, 2, 1000L, false)]);
        Directory.GetFiles(manifest.Location.Folder(host.Folder)).Select(Path.GetFileName).ShouldBe(
            [$"manifest_{manifest.Unix}.json", $"mixed_{manifest.Unix}.mp3", $"mixed_{manifest.Unix}.wav", $"user_{manifest.Unix}.mp3", $"user_{manifest.Unix}.wav"], ignoreOrder: true);
        manifest.Ending.ShouldBe("stop");
    }

    [Fact]
    public async Task Track_ThatNothingNeeds_IsNotEvenCaptured()
    {
        await using var host = await MediaHost.StartAsync();
        var manifest = await RecordAsync(host, FrontDesk with { Format = "wav", SampleRate = 8000, RecordMixedAudio = false });

        Directory.GetFiles(manifest.Location.Folder(host.Folder)).Select(Path.GetFileName).ShouldBe(
            [$"manifest_{manifest.Unix}.json", $"user_{manifest.Unix}.wav"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Assistant_ThatIsNotRecorded_LeavesNothing(bool enabled, bool mixed)
    {
        await using var host = await MediaHost.StartAsync();
        var writer = Write(host, FrontDesk with { Enabled = enabled, RecordUserAudio = false, RecordMixedAudio = mixed }, StreamDriver.NewSid("CA"));
        await writer.Completion.WaitAsync(TimeSpan.FromSeconds(30));

        Directory.GetDirectories(host.Folder).ShouldBeEmpty();
        host.Messages.Attempts.ShouldBe(0);
        host.Services.GetRequiredService<PcmBlockPool>().Rented.ShouldBe(0);
    }

    [Fact]
    public void Settings_ThatMakeNoSense_GiveWayToDefaults()
    {
        var settings = RecordingSettings.Of(FrontDesk with { Enabled = false, Format = "ogg", SampleRate = 12_345, Channels = 7, RecordingsDir = "../elsewhere" })!;

        (settings.Enabled, settings.Format, settings.SampleRate, settings.Channels, settings.Folder).ShouldBe((false, "mp3", 8000, 1, ""));
        settings.IsValid.ShouldBeTrue();
    }

    private static async Task<RecordingManifest> RecordAsync(MediaHost host, AssistantSaved assistant)
    {
        var callId = StreamDriver.NewSid("CA");
        Write(host, assistant, callId);
        return await host.AnnouncedAsync(callId);
    }

    /// <summary>A second of each track, handed over as the socket's side does.</summary>
    private static RecordingWriter Write(MediaHost host, AssistantSaved assistant, string callId)
    {
        var services = host.Services.GetRequiredService<RecordingServices>();
        var queue = new PcmBlockQueue(services.Blocks);
        var start = new StreamStart
        {
            Provider = Providers.Twilio,
            CallId = callId,
            StreamId = StreamDriver.NewSid("MZ"),
            AccountId = null,
            SampleRate = 8000,
            Tracks = [MediaTrack.User, MediaTrack.Assistant],
            TraceParent = null,
            AssistantId = assistant.AssistantId,
            Assistant = assistant,
        };
        var writer = new RecordingWriter(services, start, queue, DateTimeOffset.UtcNow, null, [User, Assistant]);
        foreach (var track in new[] { User, Assistant })
        {
            for (var position = 0; position < 8000; position += PcmBlock.Capacity)
            {
                var block = queue.TryRent()!;
                (block.Track, block.Start, block.Count) = (track, position, PcmBlock.Capacity);
                Vectors.Decode(TestAudio.Noise(position, PcmBlock.Capacity / 8)).CopyTo(block.Samples, 0);
                queue.Enqueue(block);
                writer.Schedule();
            }
        }

        writer.Complete(new RecordingFacts { Ending = MediaStreamEnding.Stop, MessagesLost = 0, MessagesRejected = 0, ClockJumps = 0, Tracks = new Dictionary<string, TrackFacts>() });
        return writer;
    }
}
