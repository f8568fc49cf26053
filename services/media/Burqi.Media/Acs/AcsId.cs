using System.Buffers;

namespace Burqi.Media.Acs;

/// <summary>ACS's ids as far as this service takes them: they become folder names, so nothing else passes.</summary>
internal static class AcsId
{
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    public static bool IsValid(string? id) => id is { Length: > 0 and <= MaxLength } && !id.AsSpan().ContainsAnyExcept(Allowed);
}
