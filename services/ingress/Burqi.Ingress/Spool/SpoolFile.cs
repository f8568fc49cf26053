using System.Globalization;

namespace Burqi.Ingress.Spool;

/// <summary>One event's file. Its name orders it (sequence) and dates it (unix ms), so that neither needs the file to be read.</summary>
internal sealed record SpoolFile(long Sequence, long WrittenAtUnixMs, long Length)
{
    public const string Extension = ".json";

    // Fixed width: the names sort as the numbers do, for a person who lists the folder too.
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Sequence:D16}-{WrittenAtUnixMs:D13}{Extension}");

    public static SpoolFile? FromPath(string path)
    {
        var parts = Path.GetFileNameWithoutExtension(path).Split('-');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var writtenAt)
            ? new SpoolFile(sequence, writtenAt, new FileInfo(path).Length)
            : null;
    }
}
