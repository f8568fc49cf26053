namespace Burqi.Catalog.Recordings.Merge;

/// <summary>A file that lies nowhere: what its bytes would be, before any of them is read.</summary>
/// <param name="Size">How many bytes.</param>
/// <param name="Sha256">Of everything that decides about its bytes: another one is another file.</param>
/// <param name="Parts">What it is made of, from its first byte to its last.</param>
internal sealed record MergedFile(long Size, string Sha256, IReadOnlyList<MergedPart> Parts);

/// <summary>A part of a merged file: bytes that are known, the same byte over and over, or the samples of a recording.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Bytes">Its bytes; null where they are not known.</param>
/// <param name="Silence">What it is filled with, where it has neither bytes nor a piece.</param>
/// <param name="Piece">The recording whose samples it is; null for none.</param>
internal sealed record MergedPart(long Start, long Length, byte[]? Bytes, byte Silence, MergePiece? Piece);
