using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Retention.Policies;

/// <summary>What a policy tells apart: the recordings' types, with one for all further participants.</summary>
internal static class RetentionKinds
{
    /// <summary>What holds for every kind that is not named.</summary>
    public const string Default = "default";

    public static readonly IReadOnlyList<string> All =
    [
        RecordingTypes.User, RecordingTypes.Assistant, RecordingTypes.Mixed, RecordingTypes.Provider, RecordingTypes.Chunk, RecordingTypes.Participant,
    ];
}
