using System.Globalization;

namespace Burqi.Cli.Cleanup;

/// <summary>An age as operators write it.</summary>
internal static class Age
{
    private const int LongestDays = 36_500;

    /// <summary>What <c>30d</c>, <c>12h</c>, <c>90m</c> or <c>2w</c> stands for; null where it is none of that kind, or more than a hundred years.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var minutes = text[^1] switch
        {
            'm' => 1L,
            'h' => 60,
            'd' => 24 * 60,
            'w' => 7 * 24 * 60,
            _ => 0,
        };
        return minutes > 0 && number * minutes <= LongestDays * 24L * 60 ? TimeSpan.FromMinutes(number * minutes) : null;
    }
}
