using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Sources;

namespace Burqi.Archiver.Tests.Sources;

public sealed class IdleTimeoutStreamTests
{
    [Theory]
    [InlineData(1, 29)]
    [InlineData(100 * 1024, 29)]
    public async Task Read_SourceTrickles_FailsAfterFiveMinutes(int bytes, int seconds)
    {
        var clock = new ManualClock();
        await using var stream = new IdleTimeoutStream(new SlowStream(clock, bytes, TimeSpan.FromSeconds(seconds)), TimeSpan.FromSeconds(30), clock);

        var failure = await Should.ThrowAsync<TransferException>(() => ReadAsync(stream, 11));

        failure.Failure.ShouldBe(TransferFailure.SourceUnavailable);
        failure.Message.ShouldBe($"The source sent {11 * bytes} bytes in 319 s in the middle of the recording, which is too slow to wait for.");
    }

    [Fact]
    public async Task Read_SourceIsSlowButNotTooSlow_IsReadForAsLongAsItTakes()
    {
        var clock = new ManualClock();
        await using var stream = new IdleTimeoutStream(new SlowStream(clock, 120 * 1024, TimeSpan.FromSeconds(29)), TimeSpan.FromSeconds(30), clock);

        await ReadAsync(stream, 200);
    }

    [Fact]
    public async Task Read_ReaderIsSlow_IsNotTheSourcesFault()
    {
        var clock = new ManualClock();
        await using var stream = new IdleTimeoutStream(new SlowStream(clock, 1, TimeSpan.FromSeconds(1)), TimeSpan.FromSeconds(30), clock);

        for (var read = 0; read < 100; read++)
        {
            await ReadAsync(stream, 1);
            clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    private static async Task ReadAsync(Stream stream, int times)
    {
        var buffer = new byte[128 * 1024];
        for (var read = 0; read < times; read++)
        {
            (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken)).ShouldBePositive();
        }
    }

    private sealed class SlowStream(ManualClock clock, int bytes, TimeSpan after) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            clock.Advance(after);
            return new(bytes);
        }
    }

    /// <summary>Its timers are real ones, and none of them fires so soon.</summary>
    private sealed class ManualClock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
