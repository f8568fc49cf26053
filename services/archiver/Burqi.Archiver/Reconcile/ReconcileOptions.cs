using System.Globalization;

namespace Burqi.Archiver.Reconcile;

/// <summary>How what never reached us is looked for in the providers' own lists.</summary>
public sealed class ReconcileOptions
{
    /// <summary>The section of the seldom changed values.</summary>
    public const string Section = "Archiver:Reconcile";

    // A week: what is looked for less often than that is asked for by hand.
    private const int MaxIntervalMinutes = 7 * 24 * 60;

    /// <summary><c>BURQI_RECONCILE_INTERVAL_MINUTES</c>: how often the time since the last look is gone through; 0 is never. Default 60 min.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>How far each look reaches back before the end of the last one: a list may show a recording late. Default 1 h.</summary>
    public TimeSpan Overlap { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How far the very first look reaches back. Default 24 h.</summary>
    public TimeSpan FirstWindow { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How far a look reaches back after Burqi was away; what is older is asked for by hand. Default 31 days.</summary>
    public TimeSpan LongestCatchUp { get; set; } = TimeSpan.FromDays(31);

    /// <summary>How long after its end a recording's callback may be on its way, before a look by the clock counts it as missing. Default 5 min.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a recording can be: Twilio's calls last 24 h at most. Lists are by the day a recording began, so they are asked for this much
    /// before the window, and what ended in it is found whenever it began. Default 24 h.
    /// </summary>
    public TimeSpan LongestRecording { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The longest window that may be asked for. Default 366 days.</summary>
    public TimeSpan LongestWindow { get; set; } = TimeSpan.FromDays(366);

    /// <summary>How many recordings a page of the list is to have, 1 to 1000. Default 1000.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>After how many pages of one account the look is given up: a list that does not end is none. Default 10000.</summary>
    public int MaxPages { get; set; } = 10_000;

    /// <summary>How often a page is asked for before its account is given up, with the waits of the archiver's other retries between. Default 7.</summary>
    public int Attempts { get; set; } = 7;

    /// <summary>How often the table is asked for runs that no signal told of. Default 5 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What could not be read as a number, for the validator to report with everything else.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>Takes over the flat variable; null leaves what is set.</summary>
    internal void Read(string? intervalMinutes)
    {
        if (intervalMinutes is null)
        {
            return;
        }

        if (double.TryParse(intervalMinutes, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes) && minutes is 0 or (>= 0.01 and <= MaxIntervalMinutes))
        {
            Interval = TimeSpan.FromMinutes(minutes);
        }
        else
        {
            Unreadable.Add($"BURQI_RECONCILE_INTERVAL_MINUTES is '{intervalMinutes}': give a number of minutes up to {MaxIntervalMinutes}, or 0 for never.");
        }
    }
}
