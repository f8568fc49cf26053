using System.ComponentModel;
using Burqi.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Recordings.Play;

internal static class PlayRecordingEndpoint
{
    public static void MapPlayRecording(this IEndpointRouteBuilder routes) => routes
        .MapMethods("/calls/{call_id}/recording/{recording_id}/play", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
        .RequireScope(Scopes.RecordingsPlay)
        .WithTags("audio")
        .WithSummary("Play a recording")
        .WithDescription("The same audio, for a player. " + ContentEndpointExtensions.Description)
        .ProducesContent();

    private static Task HandleAsync(
        [FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
        [FromRoute(Name = "recording_id"), Description("The recording's id, a UUID.")] string recordingId,
        [FromQuery(Name = "format"), Description(FormatChoice.Description)] string? format,
        HttpContext context,
        RecordingContentResponse response) => response.WriteAsync(context, Caller.Of(context), callId, recordingId, "inline", format);
}
