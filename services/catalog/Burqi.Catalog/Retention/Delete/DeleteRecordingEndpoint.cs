using System.ComponentModel;
using Burqi.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Retention.Delete;

internal static class DeleteRecordingEndpoint
{
    public static void MapDeleteRecording(this IEndpointRouteBuilder routes) => routes.MapDelete("/calls/{call_id}/recording/{recording_id}", HandleAsync)
        .WithName("deleteRecording")
        .RequireScope(Scopes.RecordingsDelete)
        .WithTags("retention")
        .WithSummary("Deletes a recording for good")
        .WithDescription(
            "The object in the store, the file on the node that recorded it and the provider's copy. 202: it is asked for, and the row's status is deleted once it is done; "
            + "the row stays, without the audio. The same request again asks for nothing more. Under a legal hold nothing is deleted.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Accepted<RequestedDeletion>, ProblemHttpResult>> HandleAsync(
        [FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
        [FromRoute(Name = "recording_id"), Description("The recording's id, a UUID.")] string recordingId,
        HttpContext context,
        RequestDeletionCommand request,
        CancellationToken cancellationToken)
    {
        if (callId.Any(char.IsControl) || !Guid.TryParseExact(recordingId, "D", out var id))
        {
            return CatalogProblems.NoSuchRecordingOfCall();
        }

        var (outcome, deletion) = await request.BecauseAskedAsync(callId, id, Caller.Of(context), cancellationToken);
        return deletion is not null ? TypedResults.Accepted($"/recordings/{id}", deletion) : Problem(outcome, id);
    }

    private static ProblemHttpResult Problem(DeletionOutcome outcome, Guid id) => outcome switch
    {
        DeletionOutcome.Deleted => CatalogProblems.Problem(StatusCodes.Status404NotFound, $"The audio of recording {id} was deleted."),
        DeletionOutcome.Held => CatalogProblems.Problem(StatusCodes.Status409Conflict, "A legal hold keeps the recordings of this call: lift it before anything of it is deleted."),
        DeletionOutcome.StillRecording => CatalogProblems.Problem(StatusCodes.Status409Conflict, $"Recording {id} is still recording: stop it first, or wait for its end."),
        DeletionOutcome.HasNoAudio => CatalogProblems.Problem(StatusCodes.Status409Conflict, $"Recording {id} has no audio: its status is absent."),
        DeletionOutcome.NotArchived => CatalogProblems.Problem(
            StatusCodes.Status409Conflict, $"Recording {id} was not archived, as its assistant wishes: its file lies on the node that recorded it alone and is to be removed there."),
        DeletionOutcome.ShownByMix => CatalogProblems.Problem(
            StatusCodes.Status409Conflict, $"The call's mix plays the audio of recording {id}: delete the mix first."),
        _ => CatalogProblems.NoSuchRecordingOfCall(),
    };
}
