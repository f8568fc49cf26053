namespace Burqi.Archiver.Sources;

/// <summary>How recordings are fetched over HTTP, within one attempt of a job. Attempts that fail are repeated by the job, for hours.</summary>
public sealed class DownloadOptions
{
    /// <summary>The section of these values.</summary>
    public const string Section = "Archiver:Download";

    /// <summary>How long one request may take until its headers are here. Default 20 s.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a request and its retries may take together. Default 45 s.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How often a request is repeated at once, before the job itself waits. Default 2.</summary>
    public int Retries { get; set; } = 2;

    /// <summary>
    /// How often in a row content that broke off is continued where it stopped, in one attempt, where the source supports that; anew after
    /// each 8 MiB that came. Default 3.
    /// </summary>
    public int Resumes { get; set; } = 3;

    /// <summary>The first wait before such a repetition; jittered, doubling. Default 200 ms.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A longer <c>Retry-After</c> than this is left to the job. Default 3 s.</summary>
    public TimeSpan LongestRetryAfter { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How many requests to one host within 30 s must be seen before half of them failing stops further ones. Default 20.</summary>
    public int BreakerThroughput { get; set; } = 20;

    /// <summary>For how long a host is then left alone. Default 10 s.</summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a body may stand still. A slow one that moves may take as long as it needs. Default 30 s.</summary>
    public TimeSpan BodyIdleTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
