using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Burqi.Audio;

namespace Burqi.Catalog.Recordings.Merge;

/// <summary>
/// What one file over several recordings is made of: the samples as they are, in the order of their time, and silence for the time between them. Nothing
/// is decoded or cut, so that all have to be written alike.
/// </summary>
internal static class MergePlan
{
    /// <summary>Clocks and roundings: a piece that begins a little before the last one ends follows it. More would be two voices in one place.</summary>
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromSeconds(1);

    /// <summary>What is longer is a wrong clock and no pause of a call.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromHours(24);

    /// <summary>The recordings in the order of their time. What a provider cut into chunks without a time for each goes by their numbers.</summary>
    public static IReadOnlyList<Recording> InOrder(IEnumerable<Recording> recordings) =>
        [.. recordings.OrderBy(recording => recording.StartedAt ?? DateTime.MaxValue).ThenBy(ChunkIndex).ThenBy(recording => recording.Id)];

    /// <summary>The file over these pieces, which are in order.</summary>
    /// <exception cref="MergeRefusedException">They do not go together.</exception>
    public static MergedFile Make(IReadOnlyList<MergePiece> pieces)
    {
        var layout = pieces[0].Layout;
        var silence = SilenceOf(layout)
            ?? throw new MergeRefusedException($"The samples of recording {pieces[0].Recording.Id} are written in a way that cannot be joined ({Describe(layout)}).");
        if (pieces.FirstOrDefault(piece => !IsAlike(piece.Layout, layout)) is { } other)
        {
            throw new MergeRefusedException(
                $"The recordings are not written alike: {pieces[0].Recording.Id} is {Describe(layout)}, {other.Recording.Id} is {Describe(other.Layout)}.");
        }

        var parts = new List<MergedPart>();
        var samples = 0L;
        for (var i = 0; i < pieces.Count; i++)
        {
            var gap = i == 0 ? 0 : GapBefore(pieces, i, samples);
            Add(parts, gap, null, silence, null);
            Add(parts, pieces[i].SampleBytes, null, silence, pieces[i]);
            samples += gap + pieces[i].SampleBytes;
        }

        var header = WavHeaderBytes.Of(layout, samples);
        parts.Insert(0, new MergedPart(0, header.Length, header, 0, null));
        Add(parts, samples & 1, new byte[samples & 1], 0, null); // chunks of a WAV file have an even length
        var start = 0L;
        for (var i = 0; i < parts.Count; i++)
        {
            parts[i] = parts[i] with { Start = start };
            start += parts[i].Length;
        }

        return new MergedFile(start, Fingerprint(header, parts), parts);
    }

    private static void Add(List<MergedPart> parts, long length, byte[]? bytes, byte silence, MergePiece? piece)
    {
        if (length > 0)
        {
            parts.Add(new MergedPart(0, length, bytes, silence, piece));
        }
    }

    /// <summary>How many bytes of silence stand before a piece, when <paramref name="samples"/> bytes stand before that.</summary>
    private static long GapBefore(IReadOnlyList<MergePiece> pieces, int at, long samples)
    {
        var (first, last, next) = (pieces[0].Recording, pieces[at - 1].Recording, pieces[at].Recording);
        if (first.StartedAt is not { } beginning || next.StartedAt is not { } start || IsNextChunk(last, next))
        {
            return 0;
        }

        var layout = pieces[at].Layout;
        var end = TimeSpan.FromSeconds((double)(samples / layout.FrameSize) / layout.SampleRate);
        var gap = start - beginning - end;
        if (gap < -LongestOverlap)
        {
            throw new MergeRefusedException(
                $"Recording {next.Id} begins {Seconds(-gap)} s before recording {last.Id} ends: they were made at the same time, and are not parts of one file.");
        }

        if (gap > LongestGap)
        {
            throw new MergeRefusedException($"Recording {next.Id} begins {Seconds(gap)} s after recording {last.Id} ends, which is no pause of a call.");
        }

        return gap <= TimeSpan.Zero ? 0 : (long)((Int128)gap.Ticks * layout.SampleRate / TimeSpan.TicksPerSecond) * layout.FrameSize;
    }

    /// <summary>Both have the time of the recording that they are chunks of, and so none of their own.</summary>
    private static bool IsNextChunk(Recording last, Recording next) =>
        last.RecordingSid is not null && last.RecordingSid == next.RecordingSid && last.StartedAt == next.StartedAt && ChunkIndex(last) < ChunkIndex(next);

    private static long ChunkIndex(Recording recording) =>
        recording.RecordingMetadata.TryGetProperty("chunk_index", out var index) && index.ValueKind == JsonValueKind.Number && index.TryGetInt64(out var number)
            ? number
            : long.MaxValue;

    private static bool IsAlike(WavLayout one, WavLayout other) =>
        (one.Encoding, one.Channels, one.SampleRate, one.BitsPerSample, one.FrameSize)
        == (other.Encoding, other.Channels, other.SampleRate, other.BitsPerSample, other.FrameSize);

    private static byte? SilenceOf(WavLayout layout) => (layout.Encoding, layout.BitsPerSample) switch
    {
        _ when layout.FrameSize != layout.Channels * (layout.BitsPerSample / 8) => null,
        (WavLayout.Pcm, 8) => 0x80,
        (WavLayout.Pcm, 16 or 24 or 32) or (WavLayout.Float, 32 or 64) => 0,
        (WavLayout.MuLaw, 8) => 0xFF,
        (WavLayout.ALaw, 8) => 0xD5,
        _ => null,
    };

    private static string Describe(WavLayout layout)
    {
        var encoding = layout.Encoding switch
        {
            WavLayout.Pcm => "PCM",
            WavLayout.Float => "floating point",
            WavLayout.ALaw => "A-law",
            WavLayout.MuLaw => "mu-law",
            _ => $"WAV format {layout.Encoding}",
        };
        return $"{layout.SampleRate} Hz, {layout.Channels} channel{(layout.Channels == 1 ? "" : "s")}, {layout.BitsPerSample}-bit {encoding}";
    }

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Fingerprint(byte[] header, List<MergedPart> parts)
    {
        var text = new StringBuilder(Convert.ToHexString(header));
        foreach (var part in parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{part.Length} {part.Silence} {part.Piece?.Recording.Sha256} {part.Piece?.Layout.DataOffset}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text.ToString())));
    }
}
