using System.ComponentModel;
using Burqi.Access;
using Burqi.Catalog.Answers;
using Burqi.Catalog.Audit;
using Burqi.Catalog.OpenApi;
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
            "The call's row, under recordings the rows of its recordings, the earliest first, under pauses where they were paused, under gaps what they lack, under events the latest of what "
            + $"happened to them, at most {GetCallQuery.MostEvents}, and under provider_ids what the provider's support asks for. Ask with the events_next_cursor for the events before.")
        .WithMetadata(new QueryParameter(EventsCursor.Parameter, "The events_next_cursor of the answer before: the events before those it showed."))
        .ProducesProblem(StatusCodes.Status404NotFound)
        .AnswersConditionally();

    private static async Task<Results<Ok<CallDetails>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        [FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
        HttpContext context,
        GetCallQuery query,
        AccessLog accesses,
        CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        var eventsBefore = EventsCursor.Parse(context.Request.Query, errors);
        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        // No id holds a control character, and PostgreSQL's text could not even be asked for a NUL.
        if (callId.Any(char.IsControl) || await query.ExecuteAsync(callId, eventsBefore, Caller.Of(context), cancellationToken) is not { } call)
        {
            return CatalogProblems.NoSuchCall();
        }

        await accesses.NoteAsync(context, RecordingEventNames.Read, callId, recordingId: null, details: null, cancellationToken);
        return TypedResults.Ok(call);
    }
}
