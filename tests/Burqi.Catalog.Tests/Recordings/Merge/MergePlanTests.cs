using Burqi.Audio;
using Burqi.Catalog.Recordings;
using Burqi.Catalog.Recordings.Merge;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Hosting.Processes;
using Burqi.Testing;

namespace Burqi.Catalog.Tests.Recordings.Merge;

/// <summary>What a merged file is made of, worked out from its recordings' rows and headers alone.</summary>
public sealed class MergePlanTests
{
    private static readonly WavLayout Stereo = new(WavLayout.Pcm, 2, 48_000, 16, 4, 44, null);

    [Fact]
    public async Task Make_LongerThan4GiB_IsAnRf64ThatFfprobeMeasures()
    {
        const long Each = 3L * 1024 * 1024 * 1024;
        var file = MergePlan.Make([Piece(Each, Stereo), Piece(Each, Stereo)]);
        var header = file.Parts[0].Bytes.ShouldNotBeNull();

        (file.Size, WavLayout.Read(header)!.DataSize).ShouldBe((header.Length + (2 * Each), 2 * Each));
        var path = Path.Combine(TestFolder.Create("merged"), "long.wav");
        await using (var stream = File.Create(path))
        {
            await stream.WriteAsync(header, TestContext.Current.CancellationToken);
            stream.SetLength(file.Size); // of which hardly a block is on the disk
        }

        var probed = await ChildProcess.RunAsync(
            new ChildProcessStart("ffprobe", ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path]), TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        File.Delete(path);
        probed.Trim().ShouldStartWith($"{2 * Each / 192_000}.");
    }

    [Fact]
    public void Make_ChunksThatShareTheStartOfTheirRecording_FollowByTheirNumbers()
    {
        Recording[] rows = [Row(960_000, 2), Row(960_000, 0), Row(960_000, 10)];

        var ordered = MergePlan.InOrder(rows);
        var file = MergePlan.Make([.. ordered.Select(row => new MergePiece(row, Stereo))]);

        ordered.ShouldBe([rows[1], rows[0], rows[2]]);
        file.Parts.Count(part => part.Piece is not null).ShouldBe(3);
        file.Parts.Count.ShouldBe(4); // and the header
    }

    [Theory]
    [InlineData(WavLayout.Pcm, 8, 0x80)]
    [InlineData(WavLayout.MuLaw, 8, 0xFF)]
    [InlineData(WavLayout.ALaw, 8, 0xD5)]
    [InlineData(WavLayout.Pcm, 24, 0)]
    [InlineData(WavLayout.Float, 32, 0)]
    public void Make_Gap_IsSilentInItsOwnWay(int encoding, int bits, int silence)
    {
        var layout = new WavLayout(encoding, 1, 8000, bits, bits / 8, 60, null);
        var size = 8000L * (bits / 8);

        var file = MergePlan.Make([Piece(size, layout, startsAt: 0), Piece(size + (bits > 8 ? 1 : 0), layout, startsAt: 1.5)]); // a byte that is no sample

        var gap = file.Parts.Single(part => part is { Bytes: null, Piece: null });
        (gap.Length, gap.Silence).ShouldBe((size / 2, (byte)silence));
        file.Size.ShouldBe(WavHeaderBytes.Of(layout, 0).Length + (size * 5 / 2));
    }

    [Fact]
    public void Make_OddNumberOfBytes_EndsEvenly()
    {
        var layout = new WavLayout(WavLayout.MuLaw, 1, 8000, 8, 1, 58, null);

        MergePlan.Make([Piece(3, layout), Piece(4, layout)]).Size.ShouldBe(WavHeaderBytes.Of(layout, 7).Length + 8);
    }

    /// <summary>Without a time of its own it follows the one before it.</summary>
    private static MergePiece Piece(long samples, WavLayout layout, double? startsAt = null) =>
        new(Row(samples + layout.DataOffset, null) with { StartedAt = startsAt is { } seconds ? Told.Start.UtcDateTime.AddSeconds(seconds) : null }, layout);

    private static Recording Row(long size, int? index) => new()
    {
        Id = Guid.NewGuid(),
        CallId = "CA1",
        Provider = "acs",
        RecordingSource = "acs",
        RecordingType = "chunk",
        Status = "completed",
        Format = "wav",
        SampleRate = 8000,
        Channels = 1,
        DurationMs = 1000,
        FileSize = size,
        Sha256 = Told.Sha256,
        FilePath = null,
        S3Key = "key",
        S3Url = null,
        RecordingSid = "RE1",
        AssistantId = null,
        StartedAt = Told.Start.UtcDateTime,
        EndedAt = null,
        CreatedAt = Told.Start.UtcDateTime,
        UpdatedAt = Told.Start.UtcDateTime,
        RecordingMetadataText = index is null ? "{}" : $$"""{"chunk_index":{{index}}}""",
    };
}
