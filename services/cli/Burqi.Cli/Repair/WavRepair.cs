using Burqi.Cli.Wav;
using Burqi.Media.Audio;

namespace Burqi.Cli.Repair;

/// <summary>Where a repaired file goes.</summary>
/// <param name="Backup">Whether the damaged file is kept beside the repaired one, as <c>.bak</c>.</param>
/// <param name="OutputFolder">Where repaired files go instead of replacing the damaged ones; null: they replace them.</param>
/// <param name="Root">The folder that paths below <paramref name="OutputFolder"/> are relative to.</param>
internal sealed record RepairTarget(bool Backup, string? OutputFolder, string Root);

/// <summary>
/// Puts one WAV file right. The repaired file is written whole under another name and takes its place in one step: whatever interrupts it,
/// the file is either as it was or repaired.
/// </summary>
internal sealed class WavRepair(RepairTarget target)
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>More than this before the audio is not a header.</summary>
    private const long MostHeaderBytes = 1024 * 1024;

    private const string BackupSuffix = ".bak";

    public async Task<RepairResult> RunAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan | FileOptions.Asynchronous);
            if (WavLayout.TryRead(file) is not { } layout || layout.DataOffset > MostHeaderBytes)
            {
                return new(path, Finding.NoHeader, IsRepaired: false, "It has no WAV header that says what its bytes are.");
            }

            if (await IsMuLawAsync(file, layout, cancellationToken))
            {
                await WriteAsync(path, output => DecodeAsync(file, layout, output, cancellationToken));
                return new(path, Finding.MuLawUnderLinearHeader, IsRepaired: true, "Decoded from mu-law to 16-bit linear samples.");
            }

            if (!layout.LengthsAreTrue)
            {
                await WriteAsync(path, output => CopyAsync(file, layout, output, cancellationToken));
                return new(path, Finding.WrongLengths, IsRepaired: true, $"The header now says {layout.DurationMs} ms.");
            }

            return new(path, Finding.Good, IsRepaired: false, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new(path, Finding.Unreadable, IsRepaired: false, exception.Message);
        }
    }

    private static async Task<bool> IsMuLawAsync(FileStream file, WavLayout layout, CancellationToken cancellationToken)
    {
        if (layout.FormatTag != WavLayout.Pcm || layout.BitsPerSample is not (8 or 16) || layout.Channels > 2)
        {
            return false;
        }

        var detector = new MuLawDetector(layout.BitsPerSample, layout.Channels);
        await ForEachPieceAsync(file, layout.DataOffset, layout.ActualData, piece => detector.Add(piece.Span), cancellationToken);
        return detector.IsMuLaw();
    }

    private static async Task DecodeAsync(FileStream file, WavLayout layout, FileStream output, CancellationToken cancellationToken)
    {
        var bytes = layout.DataEnd - layout.DataOffset;
        var codes = bytes - (bytes % layout.Channels);
        await output.WriteAsync(WavWriter.Pcm16Header(layout.Channels, layout.SampleRate, codes * sizeof(short)), cancellationToken);
        var linear = new short[BufferBytes];
        await ForEachPieceAsync(
            file,
            layout.DataOffset,
            codes,
            piece =>
            {
                MuLaw.Decode(piece.Span, linear);

                // Little-endian in the file, as in the memory of every machine this runs on.
                output.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(linear.AsSpan(0, piece.Length)));
            },
            cancellationToken);
    }

    private static async Task CopyAsync(FileStream file, WavLayout layout, FileStream output, CancellationToken cancellationToken)
    {
        var chunks = new byte[layout.ChunksEnd - 12];
        file.Position = 12;
        await file.ReadExactlyAsync(chunks, cancellationToken);
        if (layout.IsRf64)
        {
            chunks = WithoutDs64(chunks);
        }

        var trailingFrom = Math.Min(layout.DataEnd + (layout.DataEnd - layout.DataOffset) % 2, layout.FileLength);
        var trailing = layout.FileLength - trailingFrom;
        var pad = layout.ActualData % 2;
        await output.WriteAsync(WavWriter.Header(chunks, layout.ActualData, layout.BlockAlign, pad + trailing), cancellationToken);
        await ForEachPieceAsync(file, layout.DataOffset, layout.ActualData, piece => output.Write(piece.Span), cancellationToken);
        if (pad == 1)
        {
            output.WriteByte(0);
        }

        await ForEachPieceAsync(file, trailingFrom, trailing, piece => output.Write(piece.Span), cancellationToken);
    }

    private static byte[] WithoutDs64(byte[] chunks)
    {
        var kept = new List<byte>(chunks.Length);
        for (var offset = 0; offset + 8 <= chunks.Length;)
        {
            var length = (int)Math.Min(chunks.Length - offset, 8L + BitConverter.ToUInt32(chunks, offset + 4));
            if (!chunks.AsSpan(offset, 4).SequenceEqual("ds64"u8))
            {
                kept.AddRange(chunks.AsSpan(offset, length));
            }

            offset += length + (length & 1);
        }

        return [.. kept];
    }

    private static async Task ForEachPieceAsync(FileStream file, long offset, long length, Action<ReadOnlyMemory<byte>> use, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        file.Position = offset;
        while (length > 0)
        {
            var piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, length));
            await file.ReadExactlyAsync(piece, cancellationToken);
            use(piece);
            length -= piece.Length;
        }
    }

    private async Task WriteAsync(string path, Func<FileStream, Task> write)
    {
        var destination = target.OutputFolder is { } folder ? Path.Combine(folder, Path.GetRelativePath(target.Root, path)) : path;
        Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
        var temporary = destination + ".repairing";
        try
        {
            await using (var output = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes, FileOptions.Asynchronous))
            {
                await write(output);
                output.Flush(flushToDisk: true);
            }

            File.SetLastWriteTimeUtc(temporary, File.GetLastWriteTimeUtc(path));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(path));
            }

            if (target.Backup && destination == path)
            {
                File.Copy(path, path + BackupSuffix, overwrite: false);
            }

            File.Move(temporary, destination, overwrite: destination == path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
