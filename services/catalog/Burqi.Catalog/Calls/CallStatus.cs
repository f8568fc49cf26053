using Burqi.Contracts.Calls;

namespace Burqi.Catalog.Calls;

/// <summary>How far along a call is: under way, or over in one of several ways.</summary>
internal static class CallStatus
{
    public static int Rank(string status) => status switch
    {
        CallStatuses.InProgress => 10,
        CallStatuses.Completed or CallStatuses.Busy or CallStatuses.NoAnswer or CallStatuses.Canceled or CallStatuses.Failed => 20,
        _ => throw new ArgumentException($"'{status}' is not the status of a call.", nameof(status)),
    };
}
