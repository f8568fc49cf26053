using System.ComponentModel;
using Burqi.Access;
using Burqi.Catalog.Answers;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Recordings.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Recordings.Get;

internal static class GetRecordingEndpoint
{
    public static void MapGetRecording(this IEndpointRouteBuilder routes) => routes.MapGet("/recordings/{id}", HandleAsync)
        .WithName("getRecording")
        .RequireScope(Scopes.RecordingsRead)
        .WithTags("recordings")
        .WithSummary("One recording")
        .WithDescription("The recording's row: what it is, how far it has come, and where its audio lies.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .AnswersConditionally();

    private static async Task<Results<Ok<Recording>, ProblemHttpResult>> HandleAsync(
        [FromRoute(Name = "id"), Description("The recording's id, a UUID.")] string id,
        HttpContext context,
        GetRecordingQuery query,
        AccessLog accesses,
        CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "D", out var recordingId) || await query.ExecuteAsync(recordingId, Caller.Of(context), cancellationToken) is not { } recording)
        {
            return CatalogProblems.NoSuchRecording();
        }

        await accesses.NoteAsync(context, RecordingEventNames.Read, recording.CallId, recordingId, details: null, cancellationToken);
        return TypedResults.Ok(recording);
    }
}
