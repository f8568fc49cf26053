namespace Burqi.Ingress.Twilio.Voice;

/// <summary>What is to become of a call: <see cref="CallAnswers"/> makes TwiML of it.</summary>
internal sealed record CallPlan
{
    /// <summary>The public base URL, without a trailing slash.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>Null: the call can be neither streamed nor recorded.</summary>
    public string? CallSid { get; init; }

    /// <summary>The assistant to connect the caller to by a two-way stream; null: the call is streamed one-way.</summary>
    public string? AssistantId { get; init; }

    /// <summary>Whether Twilio records the call as well.</summary>
    public bool IsRecorded { get; init; }

    /// <summary>The query of the recording's callback, beginning with its question mark.</summary>
    public string RecordingQuery { get; init; } = "";

    /// <summary>The number the caller is put through to, after the assistant where there is one; null: none.</summary>
    public string? Number { get; init; }
}
