using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Stores;

namespace Burqi.Archiver.Sources.StoredChannel;

/// <summary>
/// One channel of a WAV file of 16-bit samples, as a WAV file with that channel alone, made as it is read. At its end it is certain that the
/// whole file was what had been stored; otherwise the read that would end it throws.
/// </summary>
internal sealed class ChannelStream(Stream file, StoredChannelDetails details) : Stream
{
    private const int HeaderSize = 44;
    private const int BytesPerSample = 2;

    private readonly byte[] _block = new byte[128 * 1024];
    private readonly byte[] _monoHeader = new byte[HeaderSize];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private int _at;
    private int _filled;
    private long _read;
    private int _headerSent;
    private int _frame;
    private long _framesLeft;

    /// <summary>How long the file with that channel alone is, header included.</summary>
    public long MonoSize { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads the file's header.</summary>
    /// <exception cref="TransferException">It has no such channel, or none that can be taken out.</exception>
    public async Task BeginAsync(int longestHeader, CancellationToken cancellationToken)
    {
        await FillAsync(cancellationToken);
        if (WavHeader.TryParse(_block.AsSpan(0, Math.Min(_filled, longestHeader)), out var header) != WavParse.Wav
            || header is not { Is16BitPcm: true }
            || details.Channel < 1
            || details.Channel > header.Channels)
        {
            throw new TransferException(TransferFailure.Refused, $"The stored recording is no WAV file of 16-bit samples that has a channel {details.Channel}.");
        }

        _frame = header.Channels * BytesPerSample;
        _framesLeft = Math.Min(header.DataSize ?? long.MaxValue, details.FileSize - header.DataOffset) / _frame;
        _at = header.DataOffset;
        MonoSize = HeaderSize + (_framesLeft * BytesPerSample);
        WriteHeader(_monoHeader, header.SampleRate, _framesLeft * BytesPerSample);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_headerSent < HeaderSize)
        {
            var take = Math.Min(buffer.Length, HeaderSize - _headerSent);
            _monoHeader.AsMemory(_headerSent, take).CopyTo(buffer);
            _headerSent += take;
            return take;
        }

        if (buffer.Length < BytesPerSample)
        {
            throw new ArgumentException("There must be room for a sample.", nameof(buffer));
        }

        while (_framesLeft > 0 && _filled - _at < _frame)
        {
            if (await FillAsync(cancellationToken) == 0)
            {
                throw Mismatch();
            }
        }

        if (_framesLeft == 0)
        {
            await EndAsync(cancellationToken);
            return 0;
        }

        var frames = (int)Math.Min(_framesLeft, Math.Min((_filled - _at) / _frame, buffer.Length / BytesPerSample));
        TakeOut(buffer.Span, frames);
        _at += frames * _frame;
        _framesLeft -= frames;
        return frames * BytesPerSample;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private void TakeOut(Span<byte> mono, int frames)
    {
        var channels = _frame / BytesPerSample;
        var samples = MemoryMarshal.Cast<byte, short>(_block.AsSpan(_at, frames * _frame));
        var taken = MemoryMarshal.Cast<byte, short>(mono);
        for (int i = 0, from = details.Channel - 1; i < frames; i++, from += channels)
        {
            taken[i] = samples[from];
        }
    }

    /// <summary>What lies behind the samples is part of what was stored.</summary>
    private async Task EndAsync(CancellationToken cancellationToken)
    {
        do
        {
            _at = _filled;
        }
        while (await FillAsync(cancellationToken) > 0);

        if (_read != details.FileSize || Convert.ToHexStringLower(_hash.GetCurrentHash()) != details.Sha256)
        {
            throw Mismatch();
        }
    }

    /// <summary>Puts what is left at the beginning and as much as there is behind it.</summary>
    private async Task<int> FillAsync(CancellationToken cancellationToken)
    {
        _block.AsSpan(_at, _filled - _at).CopyTo(_block);
        (_filled, _at) = (_filled - _at, 0);
        var free = _block.AsMemory(_filled);
        var read = await StoredObject.AskAsync(
            () => file.ReadAtLeastAsync(free, free.Length, throwOnEndOfStream: false, cancellationToken).AsTask(), cancellationToken);
        _hash.AppendData(free.Span[..read]);
        _filled += read;
        _read += read;
        return read;
    }

    private static TransferException Mismatch() =>
        new(TransferFailure.StoreMismatch, "The recording that is to be split is not what was stored.");

    private static void WriteHeader(Span<byte> header, int sampleRate, long dataSize)
    {
        "RIFF"u8.CopyTo(header);
        "WAVEfmt "u8.CopyTo(header[8..]);
        "data"u8.CopyTo(header[36..]);
        // Longer than 32 bits can say: the sizes stand open, and the file's own length decides.
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)Math.Min(dataSize + HeaderSize - 8, uint.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], (uint)sampleRate * BytesPerSample);
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], BytesPerSample);
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], BytesPerSample * 8);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], (uint)Math.Min(dataSize, uint.MaxValue));
    }
}
