using System.Globalization;
using System.Net;
using Burqi.Access;

namespace Burqi.Archiver;

/// <summary>
/// What the archiver works with. The flat environment variables named below win over section <c>Archiver</c> of appsettings
/// (<c>Archiver__LeaseDuration</c> and so on in the environment), which holds the values that are seldom changed.
/// </summary>
public sealed class ArchiverOptions
{
    /// <summary>The section of the seldom changed values.</summary>
    public const string Section = "Archiver";

    internal const int MaxWorkers = 256;

    // A year: what nobody put right by then nobody waits for.
    private const int MaxGiveUpHours = 366 * 24;

    /// <summary><c>BURQI_DATABASE_URL</c>: the Npgsql connection string of the database that holds schema <c>archiver</c>. Required.</summary>
    public string DatabaseUrl { get; set; } = "";

    /// <summary><c>BURQI_STORE</c>: where recordings are kept, <c>disk</c>, <c>s3</c> or <c>azure</c>. Default <c>disk</c>.</summary>
    public string Store { get; set; } = StoreNames.Disk;

    /// <summary>
    /// <c>BURQI_FALLBACK_STORE</c>: where recordings go while the store refuses, until it is back: <c>disk</c>, <c>s3</c> or <c>azure</c>, of
    /// another kind than the store. Optional.
    /// </summary>
    public string? FallbackStore { get; set; }

    /// <summary><c>BURQI_DATA_DIR</c>: where the assistants heard of are kept, in the folder <c>archiver-assistants</c>. Default <c>data</c>.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary><c>BURQI_API_KEYS</c>: the keys that open the archiver's API, separated by commas; without any it is closed to everybody.</summary>
    public IReadOnlyList<string> ApiKeys { get; set; } = [];

    /// <summary><c>BURQI_API_REQUESTS_PER_MINUTE</c>: how many requests a minute each key may make of this process, where the key says nothing else. Default 1200.</summary>
    public int RequestsPerMinute { get; set; } = RequestLimits.DefaultRequestsPerMinute;

    /// <summary><c>BURQI_TRUSTED_PROXIES</c>: whose forwarded headers are believed. Optional.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; set; } = [];

    /// <summary><c>BURQI_ARCHIVER_WORKERS</c>: how many recordings are transferred at once by this process. Default 8.</summary>
    public int Workers { get; set; } = 8;

    /// <summary>How long a worker may be silent before its job is taken over; it reports three times in that time. Default 30 s.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the table is asked for work that no signal told of: retries, other replicas' jobs, lost leases. Default 1 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest first wait before a retry; each further one may be twice as long. Default 2 s.</summary>
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait before any retry. Default 5 min.</summary>
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// <c>BURQI_ARCHIVER_GIVE_UP_HOURS</c>: how long passing errors are retried, counted from the first attempt; then the job is dead
    /// and RecordingArchiveFailed is published. Default 24 h.
    /// </summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a media node may answer 404 for a file it announced, counted from the first attempt. Default 15 min.</summary>
    public TimeSpan MissingFileGrace { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long news of an assistant are waited for before its recordings count as those of nobody who wants anything deleted. Default 15 min.</summary>
    public TimeSpan UnknownAssistantGrace { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Announcements this recent are repeated on start: an in-memory bus can lose what it had confirmed. Default 1 h.</summary>
    public TimeSpan RepeatAnnouncementsWithin { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A job that has been due for longer than this makes health degraded. Default 15 min.</summary>
    public TimeSpan OldestJobLimit { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often one of all replicas tells how the jobs stand. Default 1 min.</summary>
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromMinutes(1);

    internal string AssistantsDirectory => Path.Combine(DataDirectory, "archiver-assistants");

    /// <summary>What could not be read as a number, for the validator to report with everything else.</summary>
    internal List<string> Unreadable { get; } = [];

    internal AccessSettings Access => new() { Keys = ApiKeys, RequestsPerMinute = RequestsPerMinute, TrustedProxies = TrustedProxies };

    /// <summary>Takes over what is said of the door; null leaves what is set.</summary>
    internal void ReadAccess(string? requestsPerMinute, string? trustedProxies)
    {
        RequestsPerMinute = AccessSettings.ReadRequestsPerMinute(requestsPerMinute, Unreadable);
        TrustedProxies = ClientAddress.Read(trustedProxies, Unreadable);
    }

    /// <summary>Takes over the numbers among the flat variables; null leaves what is set.</summary>
    internal void Read(string? workers, string? giveUpHours)
    {
        if (workers is not null)
        {
            if (int.TryParse(workers, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MaxWorkers)
            {
                Workers = count;
            }
            else
            {
                Unreadable.Add($"BURQI_ARCHIVER_WORKERS is '{workers}': give a number from 1 to {MaxWorkers}.");
            }
        }

        if (giveUpHours is not null)
        {
            if (double.TryParse(giveUpHours, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var hours) && hours is > 0 and <= MaxGiveUpHours)
            {
                GiveUpAfter = TimeSpan.FromHours(hours);
            }
            else
            {
                Unreadable.Add($"BURQI_ARCHIVER_GIVE_UP_HOURS is '{giveUpHours}': give a number of hours above 0, at most {MaxGiveUpHours}.");
            }
        }
    }
}
