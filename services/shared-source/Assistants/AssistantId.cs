using System.Buffers;

namespace Burqi.Assistants;

/// <summary>
/// What an assistant's id looks like: 1 to 128 letters, digits, <c>_</c>, <c>-</c> and <c>.</c>, not beginning with <c>-</c> or <c>.</c>. Such
/// an id stands in a URL, a TwiML parameter and a file's name as it is.
/// </summary>
internal static class AssistantId
{
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    public static bool IsValid(string? id) =>
        id is { Length: >= 1 and <= MaxLength } && id[0] is not ('-' or '.') && !id.AsSpan().ContainsAnyExcept(Allowed);
}
