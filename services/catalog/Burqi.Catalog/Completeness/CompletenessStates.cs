namespace Burqi.Catalog.Completeness;

/// <summary>The values of a call's <c>completeness</c>.</summary>
internal static class CompletenessStates
{
    /// <summary>The call goes on, or ended so recently that its recordings may still be on their way.</summary>
    public const string Pending = "pending";

    /// <summary>All of the call is recorded that was to be, which may be nothing.</summary>
    public const string Complete = "complete";

    /// <summary>Less is recorded than there was, or a recording did not arrive.</summary>
    public const string Incomplete = "incomplete";

    /// <summary>Nothing is recorded.</summary>
    public const string Missing = "missing";

    public static bool IsAlarm(string state) => state is Incomplete or Missing;
}
