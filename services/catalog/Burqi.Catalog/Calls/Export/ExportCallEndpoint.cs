using System.ComponentModel;
using Burqi.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Calls.Export;

internal static class ExportCallEndpoint
{
    public static void MapExportCall(this IEndpointRouteBuilder routes) => routes.MapGet("/calls/{call_id}/recordings.zip", HandleAsync)
        .WithName("exportCall")
        .RequireScope(Scopes.RecordingsDownload)
        .WithTags("calls")
        .WithSummary("All audio of a call as a ZIP file")
        .WithDescription(
            "The files of all recordings that are completed, as they are, and manifest.json with the call's and the recordings' rows, the SHA-256 of each file and what was left out. "
            + "Each file is compared with its row while it is sent; where it differs, or its store fails, the answer is broken off.")
        .Produces<Stream>(StatusCodes.Status200OK, "application/zip")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static Task HandleAsync(
        [FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
        HttpContext context,
        CallExport export) => export.WriteAsync(context, Caller.Of(context), callId);
}
