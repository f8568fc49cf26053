using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;

namespace Burqi.Archiver.Tests.ArchiveRecording;

/// <summary>Alone, because what the other tests allocate would be counted.</summary>
[CollectionDefinition(nameof(ConstantMemoryTests), DisableParallelization = true)]
public sealed class ConstantMemoryGroup;

[Collection(nameof(ConstantMemoryTests))]
public sealed class ConstantMemoryTests : ArchiverTest
{
    [Fact]
    public async Task Ready_LongRecording_PassesThroughAndIsSplitWithoutBeingHeld()
    {
        const int Block = 64 * 1024;
        const long Size = 4096L * Block;
        var message = Ready() with { DurationMs = Size / 32 };
        var header = Wav.Header(Size, channels: 2);
        var silence = new byte[Block];
        Peer.Answers[TwilioMediaPath] = async (context, _) =>
        {
            context.Response.ContentLength = header.Length + Size;
            await context.Response.Body.WriteAsync(header);
            for (var sent = 0L; sent < Size; sent += Block)
            {
                await context.Response.Body.WriteAsync(silence);
            }
        };
        await using var archiver = await StartArchiverAsync();

        // All that both sides allocate on the way, garbage included: a few percent of the file.
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
        await SplitAsync(message, RecordingTypes.User, job => job.Status == JobStatuses.Completed);
        await SplitAsync(message, RecordingTypes.Assistant, job => job.Status == JobStatuses.Completed);

        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(Size / 10);
        (job.Attempts, job.FileSize).ShouldBe((1, header.Length + Size));
    }
}
