using Burqi.Audio;

namespace Burqi.Catalog.Recordings.Merge;

/// <summary>A recording that is a part of a merged file.</summary>
/// <param name="Recording">Its row.</param>
/// <param name="Layout">What its file says of its samples.</param>
internal sealed record MergePiece(Recording Recording, WavLayout Layout)
{
    /// <summary>How many bytes of samples it has.</summary>
    public long SampleBytes => Layout.SampleBytes(Recording.FileSize!.Value);
}
