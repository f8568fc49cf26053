using System.Collections.ObjectModel;

namespace Burqi.Archiver.Stores;

/// <summary>What may be kept with an object: names and values that every store gives back as they were, through any signature and header.</summary>
internal static class ObjectMetadata
{
    /// <summary>The checksum that a store keeps with an object for whoever looks at it there. It is the store's own, and no caller's.</summary>
    public const string Sha256 = "sha256";

    private const int LongestOfAll = 1024;

    public static IReadOnlyDictionary<string, string> None { get; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Metadata that every store keeps as they are; none for null.</summary>
    /// <exception cref="ArgumentException">Some store would not keep it as it is.</exception>
    public static IReadOnlyDictionary<string, string> Checked(IReadOnlyDictionary<string, string>? metadata)
    {
        var size = 0;
        foreach (var (name, value) in metadata ?? None)
        {
            if (name is "" or Sha256 || !char.IsAsciiLetterLower(name[0]) || !name.All(IsOfName))
            {
                throw new ArgumentException($"'{name}' is not a name for metadata.", nameof(metadata));
            }

            if (value.Length == 0 || value != value.Trim() || value.Any(character => character is < ' ' or > '~'))
            {
                throw new ArgumentException($"The metadata '{name}' has a value that not every store keeps as it is.", nameof(metadata));
            }

            size += name.Length + value.Length;
        }

        return size <= LongestOfAll ? metadata ?? None : throw new ArgumentException($"Metadata of {size} bytes is more than {LongestOfAll}.", nameof(metadata));
    }

    private static bool IsOfName(char character) => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character);
}
