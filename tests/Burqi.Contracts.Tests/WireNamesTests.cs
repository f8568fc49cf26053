using MassTransit;

namespace Burqi.Contracts.Tests;

/// <summary>
/// A message's name on the wire is its namespace and its type: moving or renaming it makes another message, which nobody consumes.
/// A name that has once been published stays in this list for good.
/// </summary>
public sealed class WireNamesTests
{
    [Fact]
    public void MessageUrn_OfEveryMessage_IsPinned() =>
        Messages.All.Select(message => MessageUrn.ForTypeString(message)).ShouldBe(
        [
            "urn:message:Burqi.Contracts.Access:ApiKeySaved",
            "urn:message:Burqi.Contracts.Access:ApiKeysWanted",
            "urn:message:Burqi.Contracts.Assistants:AssistantDeleted",
            "urn:message:Burqi.Contracts.Assistants:AssistantSaved",
            "urn:message:Burqi.Contracts.Assistants:AssistantsWanted",
            "urn:message:Burqi.Contracts.Calls:CallEnded",
            "urn:message:Burqi.Contracts.Calls:CallStarted",
            "urn:message:Burqi.Contracts.Operations:ArchiveBacklogReported",
            "urn:message:Burqi.Contracts.Operations:MediaNodeReported",
            "urn:message:Burqi.Contracts.Recordings:ProviderRecordingDeleted",
            "urn:message:Burqi.Contracts.Recordings:ProviderRecordingReady",
            "urn:message:Burqi.Contracts.Recordings:RecordingArchiveFailed",
            "urn:message:Burqi.Contracts.Recordings:RecordingArchiveStarted",
            "urn:message:Burqi.Contracts.Recordings:RecordingArchived",
            "urn:message:Burqi.Contracts.Recordings:RecordingCaptured",
            "urn:message:Burqi.Contracts.Recordings:RecordingComplete",
            "urn:message:Burqi.Contracts.Recordings:RecordingControlAnswered",
            "urn:message:Burqi.Contracts.Recordings:RecordingControlRequested",
            "urn:message:Burqi.Contracts.Recordings:RecordingDeleted",
            "urn:message:Burqi.Contracts.Recordings:RecordingDeletionFailed",
            "urn:message:Burqi.Contracts.Recordings:RecordingDeletionRequested",
            "urn:message:Burqi.Contracts.Recordings:RecordingFailed",
            "urn:message:Burqi.Contracts.Recordings:RecordingIncomplete",
            "urn:message:Burqi.Contracts.Recordings:RecordingMissing",
            "urn:message:Burqi.Contracts.Recordings:RecordingStarted",
            "urn:message:Burqi.Contracts.Recordings:RecordingTierChanged",
            "urn:message:Burqi.Contracts.Recordings:RecordingTierRequested",
            "urn:message:Burqi.Contracts.Recordings:RecordingWaveformComputed",
            "urn:message:Burqi.Contracts.Transcripts:TranscriptReady",
        ]);
}
