using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;

namespace Burqi.Catalog.Audit.Seals;

/// <summary>An event as it is sealed: its columns as texts, in this order and this form for ever.</summary>
internal static class SealedEvent
{
    /// <summary>Of <c>catalog.recording_events</c> under the name <c>event</c>.</summary>
    public const string Columns =
        """
        to_char(event.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), event.call_id, event.recording_id::text, event.event, event.actor, event.details::text,
        event.api_key_id, event.api_key_name, event.address, event.trace_id
        """;

    private const int Count = 10;

    /// <summary>What comes before the first seal.</summary>
    public static byte[] Beginning => new byte[SHA256.HashSizeInBytes];

    /// <summary>The columns, from the ordinal on; null where there is no row.</summary>
    public static string?[]? Read(DbDataReader reader, int ordinal) => reader.IsDBNull(ordinal)
        ? null
        : [.. Enumerable.Range(ordinal, Count).Select(column => reader.IsDBNull(column) ? null : reader.GetString(column))];

    /// <summary>
    /// The hash of a seal: SHA-256, or HMAC-SHA256 with a key, over the previous hash, the seal's number and the event's id (8 bytes each, big
    /// endian), and then each column: its length in bytes (4, big endian; -1 for null) and its UTF-8. An event that was gone before it could
    /// be sealed has no columns.
    /// </summary>
    public static byte[] Hash(byte[]? key, ReadOnlySpan<byte> previous, long number, long eventId, string?[]? columns)
    {
        using var hash = key is null ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Span<byte> integer = stackalloc byte[sizeof(long)];
        hash.AppendData(previous);
        BinaryPrimitives.WriteInt64BigEndian(integer, number);
        hash.AppendData(integer);
        BinaryPrimitives.WriteInt64BigEndian(integer, eventId);
        hash.AppendData(integer);
        foreach (var column in columns ?? [])
        {
            var text = column is null ? null : Encoding.UTF8.GetBytes(column);
            BinaryPrimitives.WriteInt32BigEndian(integer, text?.Length ?? -1);
            hash.AppendData(integer[..sizeof(int)]);
            hash.AppendData(text ?? []);
        }

        return hash.GetHashAndReset();
    }
}
