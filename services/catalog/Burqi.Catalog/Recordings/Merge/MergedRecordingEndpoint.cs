using System.ComponentModel;
using Burqi.Access;
using Burqi.Catalog.Recordings.Play;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Recordings.Merge;

internal static class MergedRecordingEndpoint
{
    public static void AddMergedRecordings(this IServiceCollection services)
    {
        services.AddSingleton<MergeQuery>();
        services.AddSingleton<MergeContents>();
        services.AddSingleton<MergedContentResponse>();
    }

    public static void MapMergedRecording(this IEndpointRouteBuilder routes) => routes
        .MapMethods("/calls/{call_id}/recording/merged", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
        .RequireScope(Scopes.RecordingsDownload)
        .WithTags("audio")
        .WithSummary("Download a call in one file")
        .WithDescription(
            "One WAV file over all chunks of the call or, where it has none, its mixed recordings, in the order of their time and with silence for the time between "
            + "them; RF64 from 4 GiB on. 409 says why where they do not go together: another format, rate or number of channels, two at the same time, or one that "
            + "is not completed. One alone is answered as it is. " + ContentEndpointExtensions.Description)
        .ProducesContent();

    private static Task HandleAsync(
        [FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
        HttpContext context,
        MergedContentResponse response) => response.WriteAsync(context, callId);
}
