using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Recordings;

/// <summary>
/// How far along a status is. A row's status is the furthest it was told. <c>completed</c> stands above <c>failed</c> and <c>absent</c>:
/// a retry that succeeds still ends in it.
/// </summary>
internal static class RecordingStatus
{
    public static int Rank(string status) => status switch
    {
        RecordingStatuses.Recording => 10,
        RecordingStatuses.Captured => 20,
        RecordingStatuses.Archiving => 30,
        RecordingStatuses.Failed or RecordingStatuses.Absent => 40,
        RecordingStatuses.Completed => 50,
        RecordingStatuses.Deleted => 60,
        _ => throw new ArgumentException($"'{status}' is not the status of a recording.", nameof(status)),
    };
}
