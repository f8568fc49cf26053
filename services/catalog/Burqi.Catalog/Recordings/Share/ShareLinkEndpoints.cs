using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Recordings.Get;
using Burqi.Contracts.Recordings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Recordings.Share;

/// <summary>Makes, lists and revokes links by which a recording can be heard without a key.</summary>
internal static class ShareLinkEndpoints
{
    private const string Route = "/calls/{call_id}/recording/{recording_id}/links";
    private const string LifetimeName = "expires_in_seconds";
    private const int LargestBody = 1024;
    private const int Shortest = 60;
    private const int Longest = 7 * 24 * 60 * 60;
    private const int Otherwise = 24 * 60 * 60;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    public static void MapShareLinks(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Route, AddAsync)
            .WithName("postShareLink")
            .RequireScope(Scopes.RecordingsPlay)
            .WithTags("sharing")
            .WithSummary("Makes a link to share a recording")
            .WithDescription(
                "Whoever has the address can hear this one recording, without a key, until the link is over or revoked, the recording deleted, or the key that it was made with revoked or exchanged without grace. "
                + "Each time somebody does is noted.")
            .Accepts<ShareLinkContent>("application/json")
            .Produces<ShareLink>(StatusCodes.Status201Created)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapGet(Route, ListAsync)
            .WithName("listShareLinks")
            .RequireScope(Scopes.RecordingsPlay)
            .WithTags("sharing")
            .WithSummary("The links of a recording")
            .WithDescription("The latest first, at most 200; those that are over or revoked too. The address is a key in itself: it is shown of links that are good, to the key that made them and to admin.")
            .Produces<ShareLinks>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapDelete($"{Route}/{{link_id}}", RevokeAsync)
            .WithName("deleteShareLink")
            .RequireScope(Scopes.RecordingsPlay)
            .WithTags("sharing")
            .WithSummary("Revokes a link")
            .WithDescription("From now on it opens nothing. A part of the audio that is being sent at this moment still goes out.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> AddAsync(
        [FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
        [FromRoute(Name = "recording_id"), Description("The recording's id, a UUID.")] string recordingId,
        HttpContext context,
        GetRecordingQuery getRecording,
        ShareLinkTable links,
        ShareSecret secret,
        IOptions<ShareOptions> options,
        CancellationToken cancellationToken)
    {
        var (lifetime, problem) = await ReadAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var caller = Caller.Of(context);
        if (await FindAsync(getRecording, caller, callId, recordingId, cancellationToken) is not { } recording)
        {
            return CatalogProblems.NoSuchRecordingOfCall();
        }

        if (recording.Status is RecordingStatuses.Deleted or RecordingStatuses.Absent or RecordingStatuses.Failed)
        {
            return CatalogProblems.Problem(StatusCodes.Status409Conflict, $"Recording {recording.Id} has no audio to share: its status is {recording.Status}.");
        }

        if (await links.AddAsync(caller, recording, lifetime, cancellationToken) is not { } link)
        {
            return CatalogProblems.Problem(StatusCodes.Status409Conflict, "The key was revoked or exchanged just now: with its successor, ask again in some seconds.");
        }

        return TypedResults.Json(
            link with { Url = Url(context, options.Value, ShareToken.Of(link.Id, await secret.GetAsync(cancellationToken))) }, CatalogJsonContext.Default.ShareLink, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ListAsync(
        [FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
        [FromRoute(Name = "recording_id"), Description("The recording's id, a UUID.")] string recordingId,
        HttpContext context,
        GetRecordingQuery getRecording,
        ShareLinkTable links,
        ShareSecret secret,
        IOptions<ShareOptions> options,
        AccessLog accesses,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var caller = Caller.Of(context);
        if (await FindAsync(getRecording, caller, callId, recordingId, cancellationToken) is not { } recording)
        {
            return CatalogProblems.NoSuchRecordingOfCall();
        }

        await accesses.NoteAsync(context, RecordingEventNames.Listed, callId, recording.Id, new JsonObject { ["list"] = "links" }, cancellationToken);
        var found = await links.ListAsync(recording.Id, cancellationToken);
        var key = await secret.GetAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        return TypedResults.Ok(new ShareLinks
        {
            Items = [.. found.Select(link => link.RevokedAt is null && link.ExpiresAt > now && (link.KeyId == caller.Id || caller.May(Scopes.Admin)) ? link with { Url = Url(context, options.Value, ShareToken.Of(link.Id, key)) } : link)],
        });
    }

    private static async Task<IResult> RevokeAsync(
        [FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
        [FromRoute(Name = "recording_id"), Description("The recording's id, a UUID.")] string recordingId,
        [FromRoute(Name = "link_id"), Description("The link's id, a UUID.")] string linkId,
        HttpContext context,
        GetRecordingQuery getRecording,
        ShareLinkTable links,
        CancellationToken cancellationToken)
    {
        var caller = Caller.Of(context);
        return await FindAsync(getRecording, caller, callId, recordingId, cancellationToken) is not { } recording ? CatalogProblems.NoSuchRecordingOfCall()
            : Guid.TryParseExact(linkId, "D", out var id) && await links.RevokeAsync(caller, callId, recording.Id, id, cancellationToken) ? TypedResults.NoContent()
            : CatalogProblems.Problem(StatusCodes.Status404NotFound, "There is no link with this id to this recording.");
    }

    private static async Task<Recording?> FindAsync(GetRecordingQuery query, Caller caller, string callId, string recordingId, CancellationToken cancellationToken) =>
        Guid.TryParseExact(recordingId, "D", out var id) && await query.ExecuteAsync(id, caller, cancellationToken) is { } recording && recording.CallId == callId
            ? recording
            : null;

    private static string Url(HttpContext context, ShareOptions options, string token) =>
        $"{options.PublicBaseUrl ?? $"{context.Request.Scheme}://{context.Request.Host}"}/shared/{token}";

    /// <summary>No body at all is the same as <c>{}</c>.</summary>
    private static async Task<(TimeSpan Lifetime, IResult? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // One byte more than is allowed tells too much from just enough.
        var buffer = new byte[LargestBody + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > LargestBody)
        {
            return (default, CatalogProblems.Problem(StatusCodes.Status413PayloadTooLarge, $"The body has more than {LargestBody} bytes."));
        }

        if (length == 0)
        {
            return (TimeSpan.FromSeconds(Otherwise), null);
        }

        if (!request.HasJsonContentType())
        {
            return (default, CatalogProblems.Problem(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json."));
        }

        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var seconds = Read(buffer.AsMemory(0, length), errors);
        return errors.Count == 0 ? (TimeSpan.FromSeconds(seconds), null) : (default, TypedResults.ValidationProblem(errors));
    }

    private static int Read(ReadOnlyMemory<byte> body, Dictionary<string, string[]> errors)
    {
        var seconds = Otherwise;
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                errors["body"] = ["The body is not a JSON object."];
                return seconds;
            }

            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name != LifetimeName)
                {
                    errors[member.Name] = [$"There is no such property: a link has {LifetimeName}."];
                }
                else if (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetInt32(out seconds) || seconds is < Shortest or > Longest)
                {
                    errors[LifetimeName] = [$"The value is not a whole number from {Shortest} to {Longest}."];
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            errors.Clear();
            errors["body"] = ["The body is not JSON, or a property comes twice in it, or it has text that is not Unicode."];
        }

        return seconds;
    }
}
