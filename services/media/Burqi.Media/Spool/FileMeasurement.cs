using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Burqi.Media.Audio;
using Microsoft.Win32.SafeHandles;

namespace Burqi.Media.Spool;

/// <summary>What is told of a finished file: its size in bytes, its SHA-256 in lower-case hexadecimal digits, and, of a WAV, how it sounds.</summary>
internal sealed record FileMeasurement(long Size, string Sha256, AudioFacts? Audio)
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Reads the file once.</summary>
    public static FileMeasurement Of(string path)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var wav = WavFile.TryRead(file) is { FormatTag: WavFile.Pcm, BitsPerSample: 16 } found && found.DataOffset % WavFormat.BytesPerSample == 0 ? found : null;
        var meter = wav is null ? null : new AudioMeter(wav.Format);
        var (audioStart, audioEnd) = wav is null ? (0, 0) : (wav.DataOffset, wav.DataOffset + wav.DataLength);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            long size = 0;
            while (Fill(file, buffer, size) is var read and > 0)
            {
                var chunk = buffer.AsSpan(0, read);
                hash.AppendData(chunk);
                var from = Math.Clamp(audioStart - size, 0, read);
                var to = Math.Clamp(audioEnd - size, 0, read);
                meter?.Add(MemoryMarshal.Cast<byte, short>(chunk[(int)from..(int)Math.Max(from, to)]));
                size += read;
            }

            return new(size, Convert.ToHexStringLower(hash.GetHashAndReset()), meter?.Read());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads the file once, for its checksum alone.</summary>
    /// <exception cref="OperationCanceledException">Reading was given up.</exception>
    public static string Sha256Of(string path, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            long size = 0;
            while (Fill(file, buffer, size) is var read and > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer.AsSpan(0, read));
                size += read;
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads until the buffer is full or the file ends: a sample must not lie across two of them.</summary>
    private static int Fill(SafeFileHandle file, byte[] buffer, long offset)
    {
        var filled = 0;
        while (filled < ChunkBytes && RandomAccess.Read(file, buffer.AsSpan(filled, ChunkBytes - filled), offset + filled) is var read and > 0)
        {
            filled += read;
        }

        return filled;
    }
}
