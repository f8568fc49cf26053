namespace Burqi.Simulator.Twiml;

/// <summary>Something a document asks for.</summary>
internal abstract record Verb;

internal sealed record SayVerb(string Text, int Loop) : Verb;

internal sealed record PauseVerb(TimeSpan Length) : Verb;

internal sealed record HangupVerb : Verb;

internal sealed record RejectVerb(string Reason) : Verb;

internal sealed record RedirectVerb(string Url, string Method) : Verb;

internal sealed record StartStreamVerb(StreamNoun Stream) : Verb;

internal sealed record StartRecordingVerb(RecordingNoun Recording) : Verb;

internal sealed record StopStreamVerb(string Name) : Verb;

internal sealed record ConnectStreamVerb(StreamNoun Stream, ActionRequest? Action) : Verb;

internal sealed record RecordVerb(RecordingCallback Callback, ActionRequest? Action, TimeSpan Timeout, TimeSpan MaxLength, string FinishOnKey, bool Trim) : Verb;

internal sealed record DialVerb(NumberNoun Number, ActionRequest? Action, TimeSpan Timeout, TimeSpan TimeLimit, string? CallerId, DialRecording? Recording) : Verb;

internal sealed record ActionRequest(string Url, string Method);

/// <summary>Where and for which events a status is posted.</summary>
internal sealed record StatusCallback(string Url, string Method, IReadOnlyList<string> Events);

/// <summary>A recording's status callback; null where none was asked for.</summary>
internal sealed record RecordingCallback(StatusCallback? Callback);

internal sealed record StreamNoun(
    string Url, string? Name, IReadOnlyList<string> Tracks, IReadOnlyList<KeyValuePair<string, string>> Parameters, StatusCallback? Callback);

internal sealed record RecordingNoun(int Channels, string Track, bool Trim, RecordingCallback Callback);

internal sealed record DialRecording(int Channels, bool FromRinging, string Track, bool Trim, RecordingCallback Callback);

internal sealed record NumberNoun(string PhoneNumber, StatusCallback? Callback);
