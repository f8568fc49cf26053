namespace Burqi.Simulator.Webhooks;

/// <summary>How an attempt to deliver a webhook ended, in the terms of Twilio's retry policy.</summary>
public enum WebhookFailure
{
    /// <summary>It was answered below 400.</summary>
    None,

    /// <summary>No connection (<c>ct</c>).</summary>
    Connect,

    /// <summary>Connected, but no whole answer in time (<c>rt</c>).</summary>
    Read,

    /// <summary>Answered 4xx.</summary>
    ClientError,

    /// <summary>Answered 5xx.</summary>
    ServerError,
}

/// <summary>One attempt to deliver a webhook.</summary>
/// <param name="SentAt">When it was sent.</param>
/// <param name="Elapsed">Until it was answered or given up.</param>
/// <param name="StatusCode">The answer's status; null when there was none.</param>
/// <param name="Failure">What kind of failure it was, if any.</param>
/// <param name="Detail">The failure in words.</param>
public sealed record WebhookAttempt(DateTimeOffset SentAt, TimeSpan Elapsed, int? StatusCode, WebhookFailure Failure, string? Detail);

/// <summary>A webhook's answer.</summary>
/// <param name="StatusCode">HTTP status.</param>
/// <param name="ContentType">The Content-Type header as it came; empty when absent.</param>
/// <param name="Body">The body, at most one byte over the largest TwiML document.</param>
public sealed record WebhookAnswer(int StatusCode, string ContentType, ReadOnlyMemory<byte> Body);

/// <summary>A webhook that the simulator sent, or by a fault on request withheld, with every attempt made.</summary>
public sealed record WebhookExchange
{
    /// <summary>What it is about: <c>voice</c>, <c>action</c>, <c>call</c>, <c>number</c>, <c>stream</c> or <c>recording</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The status or event it tells: <c>completed</c>, <c>stream-started</c> …; empty for a request for TwiML.</summary>
    public required string Event { get; init; }

    /// <summary>The URL as it was given, fragment included.</summary>
    public required string Url { get; init; }

    /// <summary><c>POST</c> or <c>GET</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The parameters, in the order sent.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; }

    /// <summary><c>X-Twilio-Signature</c>: the same on every attempt.</summary>
    public required string Signature { get; init; }

    /// <summary><c>I-Twilio-Idempotency-Token</c>: the same on every attempt.</summary>
    public required string IdempotencyToken { get; init; }

    /// <summary>Every attempt, in order; empty when a fault withheld it.</summary>
    public IReadOnlyList<WebhookAttempt> Attempts { get; init; } = [];

    /// <summary>The last answer, if any came.</summary>
    public WebhookAnswer? Answer { get; init; }

    /// <summary>Whether it was sent and answered 2xx.</summary>
    public bool Delivered => Attempts.Count > 0 && Attempts[^1] is { Failure: WebhookFailure.None, StatusCode: >= 200 and < 300 };

    /// <summary>The value of a parameter; null when it was not sent.</summary>
    public string? this[string name] => Parameters.FirstOrDefault(p => p.Key == name).Value;
}
