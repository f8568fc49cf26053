using System.Globalization;

namespace Burqi.Archiver.Stores.Sweep;

/// <summary>When what broken uploads left behind is removed.</summary>
public sealed class SweepOptions
{
    /// <summary>The section of the seldom changed values.</summary>
    public const string Section = "Archiver:Sweep";

    private const int MostHours = 366 * 24;

    /// <summary>
    /// <c>BURQI_SWEEP_ORPHANS_HOURS</c>: how old what an upload left behind must be before nobody is taken to finish it. It has to be more than
    /// any upload takes. Default 24.
    /// </summary>
    public TimeSpan OlderThan { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often the stores are looked through. Default 1 h.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>What could not be read as a number, for the validator to report with everything else.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>Takes over the flat variable; null leaves what is set.</summary>
    internal void Read(string? hours)
    {
        if (hours is null)
        {
            return;
        }

        if (double.TryParse(hours, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= MostHours)
        {
            OlderThan = TimeSpan.FromHours(value);
        }
        else
        {
            Unreadable.Add($"BURQI_SWEEP_ORPHANS_HOURS is '{hours}': give a number of hours above 0, at most {MostHours}.");
        }
    }
}
