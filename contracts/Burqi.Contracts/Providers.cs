namespace Burqi.Contracts;

/// <summary>The values of <c>provider</c>: whose platform carries the call. Lower case, stored and sent as they stand.</summary>
public static class Providers
{
    /// <summary>Twilio Programmable Voice. A call's id is its CallSid (<c>CA</c> and 32 hexadecimal digits).</summary>
    public const string Twilio = "twilio";

    /// <summary>Azure Communication Services. A call's id is its callConnectionId.</summary>
    public const string Acs = "acs";

    /// <summary>LiveKit. A call's id is its room sid.</summary>
    public const string LiveKit = "livekit";
}
