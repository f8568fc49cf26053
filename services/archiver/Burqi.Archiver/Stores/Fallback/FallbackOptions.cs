using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Burqi.Archiver.Stores.Fallback;

/// <summary>When recordings go to the second store, and when they leave it.</summary>
public sealed class FallbackOptions
{
    /// <summary>The section of the seldom changed values.</summary>
    public const string Section = "Archiver:Fallback";

    // A week: whoever wants to wait longer wants no fallback.
    internal const int MaxMinutes = 7 * 24 * 60;

    /// <summary>
    /// <c>BURQI_FALLBACK_AFTER_MINUTES</c>: how long the first store must have refused everything before recordings go to the fallback.
    /// Default 10.
    /// </summary>
    public TimeSpan After { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long what was moved stays in the fallback too, once it was told where it lies now: whoever is reading it there comes to an end.
    /// Default 5 min.
    /// </summary>
    public TimeSpan KeepMoved { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a replica looks how the stores are. Default 1 s.</summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>What could not be read, for the validator to report with everything else.</summary>
    internal List<string> Unreadable { get; } = [];

    internal void Read(IConfiguration configuration)
    {
        configuration.GetSection(Section).Bind(this);
        if (configuration["BURQI_FALLBACK_AFTER_MINUTES"] is not { Length: > 0 } value)
        {
            return;
        }

        if (double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and <= MaxMinutes)
        {
            After = TimeSpan.FromMinutes(minutes);
        }
        else
        {
            Unreadable.Add($"BURQI_FALLBACK_AFTER_MINUTES is '{value}': give a number of minutes above 0, at most {MaxMinutes}.");
        }
    }
}
