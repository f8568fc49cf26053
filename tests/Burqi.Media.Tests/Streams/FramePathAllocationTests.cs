using System.Text;
using Burqi.Media.Acs;
using Burqi.Media.Spool;
using Burqi.Media.Streams;
using Burqi.Media.Tests.Fixtures;
using Burqi.Media.Twilio;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Media.Tests.Streams;

public sealed class FramePathAllocationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Frame_ReadAndPlaced_AllocatesNothing(bool isPaused)
    {
        using var reader = new TwilioMediaReader();
        var start = reader.Read(Encoding.UTF8.GetBytes(
            """{"event":"start","sequenceNumber":"1","start":{"callSid":"CA00000000000000000000000000000001","streamSid":"MZ00000000000000000000000000000001"}}""")).Start!;
        var payload = Convert.ToBase64String(TestAudio.Noise(1, 20));
        var frames = Enumerable.Range(0, 4000)
            .Select(i => Encoding.UTF8.GetBytes(
                $$"""{"event":"media","sequenceNumber":"{{i + 2}}","media":{"track":"{{(i % 2 == 0 ? "inbound" : "outbound")}}","chunk":"1","timestamp":"{{i / 2 * 20}}","payload":"{{payload}}"},"streamSid":"MZ00000000000000000000000000000001"}"""))
            .ToArray();

        (await PlaceAsync(reader, start, frames, isPaused)).ShouldBe(0);
    }

    [Fact]
    public async Task AcsFrame_ReadAndPlaced_AllocatesNothing()
    {
        using var reader = new AcsMediaReader("call");
        var start = reader.Read(Encoding.UTF8.GetBytes(
            """{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"subscription","encoding":"PCM","sampleRate":24000,"channels":1,"length":960}}""")).Start!;

        // With the escapes of .NET's own writer, in the data and in the telephone number.
        string[] participants = ["4:+14255550123", "8:acs:631fa8d8-aab5-4ac5-8e15-261aa2590750_0000000c", "8:acs:third"];
        var frames = Enumerable.Range(0, 4000)
            .Select(i => Encoding.UTF8.GetBytes(AcsDriver.Frame(i / 3 * 20, TestAudio.Pcm(i, 20, 24_000), participants[i % 3])))
            .ToArray();

        (await PlaceAsync(reader, start, frames)).ShouldBe(0);
    }

    private static async Task<long> PlaceAsync(IMediaMessageReader reader, StreamStart start, byte[][] frames, bool isPaused = false)
    {
        await using var host = await MediaHost.StartAsync();
        var services = host.Services.GetRequiredService<RecordingServices>();
        var recording = new LiveRecording(services, start, DateTimeOffset.UtcNow, null);

        // As many blocks as a few late flushes need: making them is the disk's tardiness, not a frame's cost.
        foreach (var block in Enumerable.Range(0, 64).Select(_ => services.Blocks.TryRent()!).ToArray())
        {
            services.Blocks.Return(block);
        }

        if (isPaused)
        {
            recording.Mute();
            recording.Unmute();
            recording.Mute();
        }

        // The first half brings code and queues to their working size.
        long allocated = 0;
        for (var i = 0; i < frames.Length; i++)
        {
            if (i % 50 == 0)
            {
                await Burqi.Testing.Eventually.BecomesTrueAsync(() => services.Blocks.Rented <= 12);
            }

            allocated += Measure(reader, recording, frames[i], counted: i >= frames.Length / 2);
        }

        recording.Complete(MediaStreamEnding.Stop);
        await recording.Writer.Completion;
        return allocated;
    }

    private static long Measure(IMediaMessageReader reader, LiveRecording recording, byte[] bytes, bool counted)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        recording.Place(reader.Read(bytes));
        return counted ? GC.GetAllocatedBytesForCurrentThread() - before : 0;
    }
}
