using System.ComponentModel;
using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Recordings.Get;
using Burqi.Contracts.Recordings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Burqi.Catalog.Recordings.Waveforms;

internal static class GetWaveformEndpoint
{
    public static void MapGetWaveform(this IEndpointRouteBuilder routes) => routes
        .MapMethods("/calls/{call_id}/recording/{recording_id}/waveform", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
        .WithName("getWaveform")
        .RequireScope(Scopes.RecordingsRead)
        .WithTags("audio")
        .WithSummary("The outline of a recording")
        .WithDescription(
            "For drawing the audio without decoding it: each channel's greatest amplitude in each of so many stretches of equal length, from 0 (silence) to 255 "
            + "(full scale). It is there some time after the recording's status is completed, for wav and mp3; until then, and where the audio cannot be decoded, "
            + "404 says why.")
        .Produces(StatusCodes.Status304NotModified)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Waveform>, StatusCodeHttpResult, ProblemHttpResult>> HandleAsync(
        [FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
        [FromRoute(Name = "recording_id"), Description("The recording's id, a UUID.")] string recordingId,
        HttpContext context,
        GetRecordingQuery getRecording,
        GetWaveformQuery getWaveform,
        AccessLog accesses,
        CancellationToken cancellationToken)
    {
        var recording = Guid.TryParseExact(recordingId, "D", out var id) ? await getRecording.ExecuteAsync(id, Caller.Of(context), cancellationToken) : null;
        if (recording is null || recording.CallId != callId)
        {
            return CatalogProblems.NoSuchRecordingOfCall();
        }

        if (recording.Status != RecordingStatuses.Completed || await getWaveform.ExecuteAsync(recording, cancellationToken) is not { } waveform)
        {
            return CatalogProblems.Problem(StatusCodes.Status404NotFound, WhyNot(recording));
        }

        await accesses.NoteAsync(context, RecordingEventNames.Read, callId, recording.Id, details: null, cancellationToken);
        var entityTag = new EntityTagHeaderValue($"\"{waveform.Sha256}-{waveform.Points}\"");
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = entityTag;
        headers.CacheControl = new CacheControlHeaderValue { Private = true, NoCache = true }; // asked about each time, as the audio is
        return new RequestHeaders(context.Request.Headers).IfNoneMatch.Any(tag => tag.Tag == "*" || tag.Compare(entityTag, useStrongComparison: false))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(waveform.Of(recording.Id));
    }

    private static string WhyNot(Recording recording) => recording switch
    {
        { Status: RecordingStatuses.Recording or RecordingStatuses.Captured or RecordingStatuses.Archiving } =>
            $"Recording {recording.Id} has no waveform yet: its status is {recording.Status}, and the waveform is computed once that is completed.",
        { Status: RecordingStatuses.Deleted } => $"Recording {recording.Id} was deleted, and its waveform with it.",
        { Status: RecordingStatuses.Completed, Format: not ("wav" or "mp3") } =>
            $"Recording {recording.Id} has no waveform: one is computed of wav and mp3, and its format is {recording.Format}.",
        { Status: RecordingStatuses.Completed } => $"Recording {recording.Id} has no waveform: it is yet to be computed, or the audio cannot be decoded.",
        _ => $"Recording {recording.Id} has no audio and so no waveform: its status is {recording.Status}.",
    };
}
