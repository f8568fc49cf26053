using Burqi.Catalog.Recordings.Track;

namespace Burqi.Catalog.Calls.Track;

/// <summary>What one message tells of a call, or of a recording of it.</summary>
/// <param name="CallId">The provider's id of the call.</param>
/// <param name="Provider">Whose call it is.</param>
/// <param name="Recording">Which recording; null where it is about the call.</param>
/// <param name="Told">The facts, as <see cref="Database.ToldFacts.ToJson"/> writes them.</param>
/// <param name="Cancellation">Of the message's consumer.</param>
internal sealed record ToldMessage(string CallId, string Provider, RecordingIdentity? Recording, string Told, CancellationToken Cancellation)
{
    /// <summary>The status that the row has then; null where its id is taken by another.</summary>
    public TaskCompletionSource<string?> Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
