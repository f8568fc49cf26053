using System.ComponentModel;
using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Recordings.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Calls.Get;

internal static class GetCallEndpoint
{
    public static void MapGetCall(this IEndpointRouteBuilder routes) => routes.MapGet("/calls/{call_id}", HandleAsync)
        .WithName("getCall")
        .RequireScope(Scopes.RecordingsRead)
        .WithTags("calls")
        .WithSummary("One call, with its recordings and what happened to them")
        .WithDescription(
            "The call's row, under recordings the rows of its recordings, the earliest first, under pauses where they were paused, and under events the latest of what happened to them, "
            + $"at most {GetCallQuery.MostEvents}.")
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<CallDetails>, ProblemHttpResult>> HandleAsync(
        [FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
        HttpContext context,
        GetCallQuery query,
        AccessLog accesses,
        CancellationToken cancellationToken)
    {
        // No id holds a control character, and PostgreSQL's text could not even be asked for a NUL.
        if (callId.Any(char.IsControl) || await query.ExecuteAsync(callId, Caller.Of(context), cancellationToken) is not { } call)
        {
            return CatalogProblems.NoSuchCall();
        }

        await accesses.NoteAsync(context, RecordingEventNames.Read, callId, recordingId: null, details: null, cancellationToken);
        return TypedResults.Ok(call);
    }
}
