namespace Burqi.Contracts.Recordings;

/// <summary>Whose recording of a call is meant.</summary>
public static class RecordingScopes
{
    /// <summary>Our own, made of the media stream.</summary>
    public const string Local = "local";

    /// <summary>The provider's.</summary>
    public const string Provider = "provider";
}
