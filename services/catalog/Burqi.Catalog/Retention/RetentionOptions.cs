using System.Globalization;
using Burqi.Catalog.Retention.Policies;
using Microsoft.Extensions.Configuration;

namespace Burqi.Catalog.Retention;

/// <summary>How long recordings are kept, from the environment variables each names.</summary>
internal sealed class RetentionOptions
{
    private const int MostMinutes = 10_080;

    /// <summary><c>BURQI_RETENTION</c>: <c>off</c>, <c>dry-run</c>, which says what would be done, or <c>on</c>. Default <c>dry-run</c>.</summary>
    public RetentionMode Mode { get; set; } = RetentionMode.DryRun;

    /// <summary>
    /// <c>BURQI_RETENTION_DEFAULT</c>: such as <c>cool=30,archive=90,delete=365</c>, in days; for what has no policy of its own. Unset, that is
    /// kept for ever.
    /// </summary>
    public RetentionPeriods? Default { get; set; }

    /// <summary><c>BURQI_RETENTION_INTERVAL_MINUTES</c>: how often the policies are gone through. Default 60.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>What could not be read, for the validator to report with everything else.</summary>
    public List<string> Unreadable { get; } = [];

    public static string Name(RetentionMode mode) => mode switch
    {
        RetentionMode.Off => "off",
        RetentionMode.On => "on",
        _ => "dry-run",
    };

    public void Read(IConfiguration configuration)
    {
        var mode = configuration["BURQI_RETENTION"]?.Trim();
        if (!string.IsNullOrEmpty(mode))
        {
            if (Enum.GetValues<RetentionMode>().Where(known => Name(known) == mode).ToArray() is [var said])
            {
                Mode = said;
            }
            else
            {
                Unreadable.Add("BURQI_RETENTION is none of: off, dry-run, on.");
            }
        }

        var otherwise = configuration["BURQI_RETENTION_DEFAULT"]?.Trim();
        if (!string.IsNullOrEmpty(otherwise) && (Default = ReadPeriods(otherwise)) is null)
        {
            Unreadable.Add(
                $"BURQI_RETENTION_DEFAULT is not of the form cool=30,archive=90,delete=365: each at most once, whole days from 1 to {RetentionPeriods.MostDays}, growing.");
        }

        var interval = configuration["BURQI_RETENTION_INTERVAL_MINUTES"]?.Trim();
        if (!string.IsNullOrEmpty(interval))
        {
            if (double.TryParse(interval, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and <= MostMinutes)
            {
                Interval = TimeSpan.FromMinutes(minutes);
            }
            else
            {
                Unreadable.Add($"BURQI_RETENTION_INTERVAL_MINUTES must be a number above 0, at most {MostMinutes}.");
            }
        }
    }

    private static RetentionPeriods? ReadPeriods(string text)
    {
        var days = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in text.Split(','))
        {
            if (part.Split('=') is not [var name, var number]
                || name.Trim() is not ("cool" or "archive" or "delete")
                || !int.TryParse(number.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || value is < 1 or > RetentionPeriods.MostDays
                || !days.TryAdd(name.Trim(), value))
            {
                return null;
            }
        }

        var periods = new RetentionPeriods { CoolAfterDays = Of("cool"), ArchiveAfterDays = Of("archive"), DeleteAfterDays = Of("delete") };
        return periods.IsAscending ? periods : null;

        int? Of(string name) => days.TryGetValue(name, out var value) ? value : null;
    }
}

/// <summary>What comes of the policies.</summary>
internal enum RetentionMode
{
    /// <summary>Nothing, and nobody looks.</summary>
    Off,

    /// <summary>It is said what would be done, and nothing is done.</summary>
    DryRun,

    /// <summary>What is due is done.</summary>
    On,
}
