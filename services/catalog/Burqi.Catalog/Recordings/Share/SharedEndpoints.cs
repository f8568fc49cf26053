using System.Collections.Frozen;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Page;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Recordings.Get;
using Burqi.Catalog.Recordings.Play;
using Burqi.Contracts.Recordings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Recordings.Share;

/// <summary>What a share link opens: a page with a player, what it shows, and the audio. The token is the key to it.</summary>
internal static class SharedEndpoints
{
    private const string Reason = "The token in the address is the key: it is signed, and opens one recording.";

    // A player asks for a few parts; whoever asks for more than four in a second does not listen.
    private const int RequestsPerMinute = 240;

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapShared(this IEndpointRouteBuilder routes)
    {
        // The page says itself that a link is not good: it is the same for everybody and knows nothing.
        routes.MapMethods("/shared/{token}", Methods, (string token, HttpContext context, PageFiles files) =>
        {
            Guard(context);
            return files.WriteAsync(context, PageDocument.Shared);
        }).OpenToAll(Reason).ExcludeFromDescription();

        routes.MapGet("/shared/{token}/details", DetailsAsync)
            .WithName("getShared")
            .OpenToAll(Reason)
            .ExcludeFromDescription();

        routes.MapMethods("/shared/{token}/audio", Methods, AudioAsync)
            .OpenToAll(Reason)
            .ExcludeFromDescription();
    }

    private static async Task<IResult> DetailsAsync(
        string token, HttpContext context, SharedLinks shared, GetRecordingQuery getRecording, ClientAddress addresses, AccessLog accesses, CancellationToken cancellationToken)
    {
        Guard(context);
        context.Response.Headers.CacheControl = "no-store";
        if (await shared.FindAsync(token, cancellationToken) is not { } link
            || await getRecording.ExecuteAsync(link.RecordingId, Caller.Burqi, cancellationToken) is not { } recording
            || recording.Status == RecordingStatuses.Deleted)
        {
            return NotGood();
        }

        Introduce(context, link, addresses);
        await accesses.NoteAsync(
            context, RecordingEventNames.Read, link.CallId, recording.Id, new JsonObject { ["link_id"] = link.Id.ToString() }, cancellationToken);
        return TypedResults.Ok(new SharedRecording
        {
            RecordingType = recording.RecordingType,
            Format = recording.Format,
            DurationMs = recording.DurationMs,
            StartedAt = recording.StartedAt,
            ExpiresAt = link.ExpiresAt,
        });
    }

    private static async Task AudioAsync(
        string token, HttpContext context, SharedLinks shared, RequestLimits limits, IAccessLog log, ClientAddress addresses, RecordingContentResponse response)
    {
        Guard(context);
        if (await shared.FindAsync(token, context.RequestAborted) is not { } link)
        {
            context.Response.Headers.CacheControl = "no-store";
            await NotGood().ExecuteAsync(context);
            return;
        }

        if (limits.Take(Introduce(context, link, addresses)) is { } wait)
        {
            log.Limited();
            await CatalogProblems.Limited(context, wait, "This link is asked for too often.").ExecuteAsync(context);
            return;
        }

        await response.WriteAsync(context, Caller.Burqi, link.CallId, link.RecordingId.ToString(), "inline");
    }

    /// <summary>Whoever looks or listens is known by the link alone.</summary>
    private static Caller Introduce(HttpContext context, ShareLink link, ClientAddress addresses)
    {
        var listener = new Caller
        {
            Id = $"link {link.Id}",
            Name = "share link",
            Scopes = FrozenSet<string>.Empty,
            RequestsPerMinute = RequestsPerMinute,
            Address = addresses.Of(context),
        };
        context.Features.Set(link);
        context.Features.Set(listener);
        return listener;
    }

    private static ProblemHttpResult NotGood() => CatalogProblems.Problem(
        StatusCodes.Status404NotFound, "This link opens nothing, or nothing any more: it is over, was revoked, or the recording was deleted.");

    private static void Guard(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex, nofollow";
        headers.XContentTypeOptions = "nosniff";

        // Traces are kept elsewhere and longer; whoever reads them must not be able to listen.
        Activity.Current?.SetTag("url.path", "/shared/…");
    }
}
