using System.Buffers.Binary;

namespace Burqi.Archiver.Stores.AzureBlob;

/// <summary>The ids of blocks, which say which upload they are of and when it began. All ids of a blob have to be of one length.</summary>
internal static class BlockIds
{
    private const int UploadLength = 16;
    private const int Length = UploadLength + sizeof(int);

    public static string Of(Guid upload, int number)
    {
        Span<byte> id = stackalloc byte[Length];
        upload.TryWriteBytes(id, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(id[UploadLength..], number);
        return Convert.ToBase64String(id);
    }

    /// <summary>When the upload of a block began; null when it is not one of ours.</summary>
    public static DateTimeOffset? BegunAt(string id)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (!Convert.TryFromBase64String(id, bytes, out var length) || length != Length || new Guid(bytes[..UploadLength], bigEndian: true).Version != 7)
        {
            return null;
        }

        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16; // the first 48 bits of such an id
        return milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() && milliseconds >= 0 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }
}
