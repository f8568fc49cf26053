using System.Globalization;
using System.Text.RegularExpressions;

namespace Burqi.Archiver.Stores;

/// <summary>
/// The name of an object, the same in every store: <c>recordings/{yyyy}/{MM}/{dd}/{call id}/{file}</c>, a room's <c>recordings/{file}</c>. Whatever the identifiers it is
/// made from, it has only characters that mean nothing to a file system, a URL or a shell, and no segment that could climb.
/// </summary>
internal sealed partial record ObjectKey
{
    /// <summary>What every key begins with: nothing else in a store is ours.</summary>
    public const string Folder = "recordings/";

    // Long enough for every provider's ids; two of them and a suffix still make a legal file name (255 bytes).
    private const int LongestIdentifier = 100;
    private const int LongestKey = 400;

    private ObjectKey(string value) => Value = value;

    public string Value { get; }

    /// <summary>The key of a recording of ours: <c>…/{kind}_{unix}.{ext}</c>.</summary>
    /// <exception cref="FormatException">A part is not fit for a key; the message says which, never its value.</exception>
    public static ObjectKey ForCapture(string callId, string recordingType, string format, DateTimeOffset startedAt) =>
        Create(callId, $"{Kind(recordingType)}_{startedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}", format, startedAt);

    /// <summary>The key of a provider's file: <c>…/{call id}_{the provider's recording id}.{ext}</c>.</summary>
    /// <exception cref="FormatException">A part is not fit for a key; the message says which, never its value.</exception>
    public static ObjectKey ForProviderFile(string callId, string providerRecordingId, string format, DateTimeOffset startedAt) =>
        Create(callId, $"{Identifier(callId, "call id")}_{Identifier(providerRecordingId, "provider's recording id")}", format, startedAt);

    /// <summary>The key of one piece of a provider's recording: <c>…/{kind}_{unix}.{ext}</c>, and <c>…_{index}</c> for those after the first.</summary>
    /// <exception cref="FormatException">A part is not fit for a key; the message says which, never its value.</exception>
    public static ObjectKey ForChunk(string callId, string recordingType, int index, string format, DateTimeOffset startedAt) =>
        index == 0
            ? ForCapture(callId, recordingType, format, startedAt)
            : Create(callId, string.Create(CultureInfo.InvariantCulture, $"{Kind(recordingType)}_{startedAt.ToUnixTimeSeconds()}_{index}"), format, startedAt);

    /// <summary>The key of a room's recording: <c>recordings/{room}_{yyyyMMdd}_{HHmmss}.{ext}</c>.</summary>
    /// <exception cref="FormatException">A part is not fit for a key; the message says which, never its value.</exception>
    public static ObjectKey ForRoom(string room, string format, DateTimeOffset startedAt)
    {
        var name = $"{Identifier(room, "room")}_{startedAt.UtcDateTime.ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture)}.{format}";
        return ForRoomFile(name, format) ?? throw new FormatException("the format is not a file extension");
    }

    /// <summary>The key of a file that has the name of a room's recording already; null for one that has another.</summary>
    public static ObjectKey? ForRoomFile(string fileName, string format) =>
        fileName.Length <= LongestIdentifier + 32 && RoomFilePattern().Match(fileName) is { Success: true } match && match.Groups["format"].Value == format
            ? Parse($"recordings/{fileName}")
            : null;

    /// <summary>A key as it was written down earlier.</summary>
    /// <exception cref="FormatException">It is not one that this type made.</exception>
    public static ObjectKey Parse(string value) => IsOne(value) ? new ObjectKey(value) : throw new FormatException("not an object key");

    /// <summary>Whether a name in a store is that of a recording.</summary>
    public static bool IsOne(string value) => value.Length <= LongestKey && KeyPattern().IsMatch(value);

    /// <summary>The key of another recording that would have the same name.</summary>
    public ObjectKey WithSuffix(Guid recordingId)
    {
        var extension = Value.LastIndexOf('.');
        return Parse($"{Value[..extension]}_{recordingId:N}{Value[extension..]}");
    }

    /// <summary>The key of one channel of the recording under this key: <c>…_{kind}.{ext}</c>.</summary>
    public ObjectKey ForChannel(string recordingType, string format) => Parse($"{Value[..Value.LastIndexOf('.')]}_{Kind(recordingType)}.{format}");

    public override string ToString() => Value;

    private static ObjectKey Create(string callId, string name, string format, DateTimeOffset startedAt)
    {
        if (!FormatPattern().IsMatch(format))
        {
            throw new FormatException("the format is not a file extension");
        }

        var day = startedAt.UtcDateTime.ToString("yyyy/MM/dd", CultureInfo.InvariantCulture);
        return Parse($"{Folder}{day}/{Identifier(callId, "call id")}/{name}.{format}");
    }

    private static string Identifier(string value, string what) =>
        value.Length <= LongestIdentifier && IdentifierPattern().IsMatch(value)
            ? value
            : throw new FormatException($"the {what} has other characters than letters, digits, '_' and '-', or more than {LongestIdentifier} of them");

    private static string Kind(string value) =>
        KindPattern().IsMatch(value) ? value : throw new FormatException("the recording type is not a lower-case word");

    [GeneratedRegex(@"\A[A-Za-z0-9_-]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IdentifierPattern();

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,31}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KindPattern();

    [GeneratedRegex(@"\A[a-z0-9]{1,8}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FormatPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]+_[0-9]{8}_[0-9]{6}\.(?<format>[a-z0-9]{1,8})\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RoomFilePattern();

    [GeneratedRegex(@"\Arecordings/(?:[0-9]{4}/[0-9]{2}/[0-9]{2}/[A-Za-z0-9_-]+/)?[A-Za-z0-9_-]+\.[a-z0-9]{1,8}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyPattern();
}
