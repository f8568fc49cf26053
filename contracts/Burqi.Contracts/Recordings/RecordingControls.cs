namespace Burqi.Contracts.Recordings;

/// <summary>What may be asked of a live recording.</summary>
public static class RecordingControls
{
    /// <summary>From now on silence is recorded in the place of what is said.</summary>
    public const string Pause = "pause";

    /// <summary>What is said is recorded again.</summary>
    public const string Resume = "resume";

    /// <summary>The recording ends; the call goes on.</summary>
    public const string Stop = "stop";
}
