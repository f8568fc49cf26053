using System.ComponentModel;
using Burqi.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Recordings.Play;

internal static class DownloadRecordingEndpoint
{
    public static void MapDownloadRecording(this IEndpointRouteBuilder routes) => routes
        .MapMethods("/calls/{call_id}/recording/{recording_id}", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
        .RequireScope(Scopes.RecordingsDownload)
        .WithTags("audio")
        .WithSummary("Download a recording")
        .WithDescription("The audio as a file to keep. " + ContentEndpointExtensions.Description)
        .ProducesContent();

    private static Task HandleAsync(
        [FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
        [FromRoute(Name = "recording_id"), Description("The recording's id, a UUID.")] string recordingId,
        [FromQuery(Name = "format"), Description(FormatChoice.Description)] string? format,
        HttpContext context,
        RecordingContentResponse response) => response.WriteAsync(context, Caller.Of(context), callId, recordingId, "attachment", format);
}
