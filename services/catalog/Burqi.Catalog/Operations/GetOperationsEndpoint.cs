using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Recordings.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Operations;

internal static class GetOperationsEndpoint
{
    public static void MapGetOperations(this IEndpointRouteBuilder routes) => routes.MapGet("/operations", HandleAsync)
        .RequireScope(Scopes.Admin)
        .WithName("getOperations")
        .WithTags("operations")
        .WithSummary("How everything stands")
        .WithDescription(
            "What is being recorded now, what is missing of late, jobs that are stuck, destinations that do not answer, and how full disks and stores are. "
            + "The archiver and the media nodes report about every minute.");

    private static async Task<Results<Ok<OperationsReport>, ValidationProblem>> HandleAsync(
        HttpRequest request, OperationsQuery query, AccessLog accesses, CancellationToken cancellationToken)
    {
        if (CatalogProblems.AnyParameter(request) is { } refusal)
        {
            return refusal;
        }

        // It shows who speaks with whom.
        await accesses.NoteAsync(
            request.HttpContext, RecordingEventNames.Listed, callId: null, recordingId: null, new JsonObject { ["list"] = "operations" }, cancellationToken);
        return TypedResults.Ok(await query.ExecuteAsync(cancellationToken));
    }
}
