using System.Text;
using Burqi.Media.Spool;
using Burqi.Media.Streams;
using Burqi.Media.Tests.Fixtures;
using Burqi.Media.Twilio;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Media.Tests.Streams;

public sealed class FramePathAllocationTests
{
    [Fact]
    public async Task Frame_ReadAndPlaced_AllocatesNothing()
    {
        await using var host = await MediaHost.StartAsync();
        var services = host.Services.GetRequiredService<RecordingServices>();
        using var reader = new TwilioMediaReader();
        var start = reader.Read(Encoding.UTF8.GetBytes(
            """{"event":"start","sequenceNumber":"1","start":{"callSid":"CA00000000000000000000000000000001","streamSid":"MZ00000000000000000000000000000001"}}""")).Start!;
        var recording = new LiveRecording(services, start, DateTimeOffset.UtcNow, null);
        var payload = Convert.ToBase64String(TestAudio.Noise(1, 20));
        var frames = Enumerable.Range(0, 4000)
            .Select(i => Encoding.UTF8.GetBytes(
                $$"""{"event":"media","sequenceNumber":"{{i + 2}}","media":{"track":"{{(i % 2 == 0 ? "inbound" : "outbound")}}","chunk":"1","timestamp":"{{i / 2 * 20}}","payload":"{{payload}}"},"streamSid":"MZ00000000000000000000000000000001"}"""))
            .ToArray();

        // As many blocks as a few late flushes need: making them is the disk's tardiness, not a frame's cost.
        foreach (var block in Enumerable.Range(0, 64).Select(_ => services.Blocks.TryRent()!).ToArray())
        {
            services.Blocks.Return(block);
        }

        // The first half brings code and queues to their working size.
        long allocated = 0;
        for (var i = 0; i < frames.Length; i++)
        {
            if (i % 50 == 0)
            {
                await Burqi.Testing.Eventually.BecomesTrueAsync(() => services.Blocks.Rented <= 4);
            }

            allocated += Measure(reader, recording, frames[i], counted: i >= frames.Length / 2);
        }

        recording.Complete(MediaStreamEnding.Stop);
        await recording.Writer.Completion;
        allocated.ShouldBe(0);
    }

    private static long Measure(TwilioMediaReader reader, LiveRecording recording, byte[] bytes, bool counted)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        recording.Place(reader.Read(bytes), out _);
        return counted ? GC.GetAllocatedBytesForCurrentThread() - before : 0;
    }
}
