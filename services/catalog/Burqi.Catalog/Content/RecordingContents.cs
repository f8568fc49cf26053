using System.Text.Json;
using Burqi.Catalog.Recordings;

namespace Burqi.Catalog.Content;

/// <summary>The stores that audio is read from: the one that recordings belong in and, where there is one, the fallback.</summary>
internal sealed class RecordingContents(IRecordingContent primary, IRecordingContent? fallback = null)
{
    /// <summary>
    /// The store that a row names. One that is not set up (any more) has been emptied into the first, or nobody can say what became of it:
    /// the first is asked, and what it has is compared with the row anyhow.
    /// </summary>
    public IRecordingContent Of(Recording recording) => fallback is not null && fallback.Store == StoreOf(recording) ? fallback : primary;

    private static string? StoreOf(Recording recording) =>
        recording.RecordingMetadata.TryGetProperty("store", out var store) && store.ValueKind == JsonValueKind.String ? store.GetString() : null;
}
