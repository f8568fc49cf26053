namespace Burqi.Encryption;

/// <summary>
/// Version 1 of an encrypted object's bytes: the audio in chunks of 64 KiB, the last one shorter, each followed by its tag and nothing else.
/// Audio without a byte is one empty chunk. So the one size follows from the other, and a part of the audio lies in whole chunks.
/// </summary>
internal static class EncryptedLayout
{
    public const int ChunkSize = 64 * 1024;
    public const int TagSize = 16;
    public const int EncryptedChunkSize = ChunkSize + TagSize;

    /// <summary>The largest number of chunks that their counter can tell apart: 256 TiB of audio.</summary>
    public const long MostChunks = 1L << 32;

    /// <summary>The size of the object that holds this much audio.</summary>
    public static long EncryptedSize(long audioSize) => audioSize + (TagSize * Chunks(audioSize));

    /// <summary>The size of the audio in an object of this size.</summary>
    /// <exception cref="EncryptionException">No audio makes an object of this size.</exception>
    public static long AudioSize(long encryptedSize)
    {
        var (whole, rest) = Math.DivRem(encryptedSize, EncryptedChunkSize);
        return rest switch
        {
            0 when whole > 0 => whole * ChunkSize,
            TagSize when whole == 0 => 0,
            > TagSize => (whole * ChunkSize) + rest - TagSize,
            _ => throw new EncryptionException($"An encrypted object of {encryptedSize} bytes is not whole."),
        };
    }

    /// <summary>Which bytes of an object hold this part of the audio; the end may lie beyond the object's.</summary>
    public static (long Offset, long Length) Holding(long offset, long length)
    {
        var first = offset / ChunkSize;
        var last = Math.Max(offset, offset + length - 1) / ChunkSize;
        return (first * EncryptedChunkSize, (last - first + 1) * EncryptedChunkSize);
    }

    private static long Chunks(long audioSize) => Math.Max(1, (audioSize + ChunkSize - 1) / ChunkSize);
}
