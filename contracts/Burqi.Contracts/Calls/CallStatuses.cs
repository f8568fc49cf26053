namespace Burqi.Contracts.Calls;

/// <summary>The values of a call's <c>status</c>. All but <see cref="InProgress"/> are final.</summary>
public static class CallStatuses
{
    /// <summary>The call is under way.</summary>
    public const string InProgress = "in-progress";

    /// <summary>The call was answered and has ended.</summary>
    public const string Completed = "completed";

    /// <summary>The called party was busy.</summary>
    public const string Busy = "busy";

    /// <summary>Nobody answered.</summary>
    public const string NoAnswer = "no-answer";

    /// <summary>The call was given up before it was answered.</summary>
    public const string Canceled = "canceled";

    /// <summary>The call could not be carried.</summary>
    public const string Failed = "failed";
}
