namespace Burqi.Archiver.Jobs;

/// <summary>The values of <c>status</c>.</summary>
internal static class JobStatuses
{
    /// <summary>To be done, from <c>next_attempt_at</c> on.</summary>
    public const string Waiting = "waiting";

    /// <summary>A worker has it on lease.</summary>
    public const string Running = "running";

    /// <summary>Done and verified.</summary>
    public const string Completed = "completed";

    /// <summary>Given up: it waits for somebody to look at it.</summary>
    public const string Dead = "dead";
}
