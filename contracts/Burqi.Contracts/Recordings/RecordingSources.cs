namespace Burqi.Contracts.Recordings;

/// <summary>The values of <c>recording_source</c>: who made the recording.</summary>
public static class RecordingSources
{
    /// <summary>Burqi's own media service.</summary>
    public const string Local = "local";

    /// <summary>Twilio's recorder.</summary>
    public const string Twilio = "twilio";

    /// <summary>The recorder of Azure Communication Services.</summary>
    public const string Acs = "acs";

    /// <summary>LiveKit's egress.</summary>
    public const string LiveKit = "livekit";
}
