using Burqi.Simulator.Audio;

namespace Burqi.Simulator.Calls;

/// <summary>What happens in a call, as far as its parties decide; the rest is decided by the TwiML.</summary>
public sealed record CallScript
{
    /// <summary>The caller: E.164, or whatever an anonymous caller shows.</summary>
    public string From { get; init; } = "+14255550100";

    /// <summary>The account's number that is called.</summary>
    public string To { get; init; } = "+18005551212";

    /// <summary><c>inbound</c> or <c>outbound-api</c>. An inbound call's number is told only that a call has completed.</summary>
    public string Direction { get; init; } = "inbound";

    /// <summary>Asks here what to do instead of at the options' URL.</summary>
    public string? VoiceUrl { get; init; }

    /// <summary>Posts the call's status here instead of to the options' URL.</summary>
    public string? StatusCallback { get; init; }

    /// <summary>Of an <c>outbound-api</c> call: the statuses posted, of <c>initiated ringing answered completed</c>.</summary>
    public IReadOnlyList<string> StatusCallbackEvents { get; init; } = ["completed"];

    /// <summary>Parameters added to every request about the call (<c>CallerName</c>, <c>SipHeader_X-…</c>, one nobody has heard of).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ExtraParameters { get; init; } = [];

    /// <summary>What the caller says, from the moment somebody is there to hear it.</summary>
    public AudioSource Caller { get; init; } = AudioSource.Nothing;

    /// <summary>What the dialled party says, from the moment it answers.</summary>
    public AudioSource Callee { get; init; } = AudioSource.Nothing;

    /// <summary>How long the dialled party's telephone rings, in call time.</summary>
    public TimeSpan RingFor { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>What becomes of the ringing.</summary>
    public DialOutcome DialOutcome { get; init; } = DialOutcome.Answered;

    /// <summary>Who ends the conversation once it is over.</summary>
    public Party HangsUp { get; init; } = Party.Caller;

    /// <summary>
    /// How long the conversation lasts, in call time from the moment it began. Unset: until all was said, and with a voice agent until
    /// nothing was heard from it for <see cref="ListenFor"/>.
    /// </summary>
    public TimeSpan? TalkFor { get; init; }

    /// <summary>How long the caller of a voice agent waits in silence before hanging up.</summary>
    public TimeSpan ListenFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Keys the caller presses.</summary>
    public IReadOnlyList<KeyPress> Keys { get; init; } = [];

    /// <summary>What goes wrong on the media sockets.</summary>
    public MediaFaults Media { get; init; } = new();

    /// <summary>What goes wrong with the callbacks.</summary>
    public IReadOnlyList<CallbackFault> Callbacks { get; init; } = [];
}

/// <summary>A key pressed by the caller.</summary>
/// <param name="At">When, in call time from the beginning of the conversation.</param>
/// <param name="Digit"><c>0</c>-<c>9</c>, <c>*</c> or <c>#</c>.</param>
public sealed record KeyPress(TimeSpan At, char Digit);

/// <summary>What becomes of a dialled number.</summary>
public enum DialOutcome
{
    /// <summary>It answers after the ringing.</summary>
    Answered,

    /// <summary>It is engaged.</summary>
    Busy,

    /// <summary>It rings until the dial's timeout.</summary>
    NoAnswer,

    /// <summary>It does not exist.</summary>
    Failed,
}

/// <summary>A party of a call.</summary>
public enum Party
{
    /// <summary>The one who called the number.</summary>
    Caller,

    /// <summary>The one the number's TwiML dialled.</summary>
    Callee,
}
