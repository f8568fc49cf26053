namespace Burqi.AzureBlob;

/// <summary>How patient a client is. What outlasts it is tried again by whoever asked.</summary>
internal sealed record AzureBlobClientOptions
{
    /// <summary>How long one attempt may take to be answered, and how long an answer's body may be still.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a request is sent again after a passing failure (408, 429, 500, 502, 503, 504 or a broken connection).</summary>
    public int Retries { get; init; } = 3;

    /// <summary>The first wait; each further one is twice as long. A longer wait that Azure asks for is kept, up to ten seconds.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(800);
}
