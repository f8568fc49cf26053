using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Burqi.Archiver.Queues;

/// <summary>How many workers may be busy with one destination, and when it is left alone.</summary>
public sealed class DestinationOptions
{
    /// <summary>The section of the seldom changed values.</summary>
    public const string Section = "Archiver:Destinations";

    /// <summary>
    /// <c>BURQI_ARCHIVER_MAX_PER_DESTINATION</c>: how many workers of this process may fetch from one source at once, so that one that is slow does
    /// not keep all of them. A store may have all workers. Default 4.
    /// </summary>
    public int MaxPerDestination { get; set; } = 4;

    /// <summary>How many attempts within <see cref="Sampling"/> must have ended before half of them failing breaks the way. Default 5.</summary>
    public int Attempts { get; set; } = 5;

    /// <summary>How long an attempt counts. Default 1 min.</summary>
    public TimeSpan Sampling { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>For how long a destination is left alone before one job tries it; twice as long each time that fails. Default 2 s.</summary>
    public TimeSpan Break { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest that it is left alone. Default 30 s.</summary>
    public TimeSpan LongestBreak { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What could not be read as a number, for the validator to report with everything else.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>Takes over what is configured.</summary>
    internal void Read(IConfiguration configuration)
    {
        configuration.GetSection(Section).Bind(this);
        if (configuration["BURQI_ARCHIVER_MAX_PER_DESTINATION"] is not { } value)
        {
            return;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= ArchiverOptions.MaxWorkers)
        {
            MaxPerDestination = count;
        }
        else
        {
            Unreadable.Add($"BURQI_ARCHIVER_MAX_PER_DESTINATION is '{value}': give a number from 1 to {ArchiverOptions.MaxWorkers}.");
        }
    }
}
