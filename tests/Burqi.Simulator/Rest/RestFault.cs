namespace Burqi.Simulator.Rest;

/// <summary>What the REST API is asked for.</summary>
public enum RestTarget
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>A recording's media.</summary>
    Media,

    /// <summary>A recording's metadata.</summary>
    Metadata,

    /// <summary>A list of recordings.</summary>
    List,

    /// <summary>The deletion of a recording.</summary>
    Delete,

    /// <summary>A call, or a list of calls.</summary>
    Call,
}

/// <summary>A fault of the REST API, spent on the next requests that it fits.</summary>
public sealed record RestFault
{
    /// <summary>Which requests it strikes.</summary>
    public RestTarget Target { get; init; }

    /// <summary>How many requests that it fits it leaves alone first.</summary>
    public int After { get; init; }

    /// <summary>How many requests it strikes.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The status answered (429, 500, 503 …) in place of the true answer; 0 leaves the answer and spoils its body.</summary>
    public int Status { get; init; }

    /// <summary>Sent as <c>Retry-After</c>, in seconds, with <see cref="Status"/>.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>With <see cref="Status"/> 0: after this share of the media the connection breaks (its length was announced whole).</summary>
    public double BreaksOffAfter { get; init; } = 0.5;

    /// <summary>With <see cref="Status"/> 0: whether the shortened media is sent as if it were whole, with a length to match.</summary>
    public bool TruncatedUnnoticed { get; init; }
}
