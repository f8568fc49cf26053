using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Access;
using Burqi.Catalog.Database;
using Burqi.Contracts.Recordings;
using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Burqi.Catalog.Recordings.Play;

/// <summary>
/// Which file is meant where a client asks for a format: the recording itself, the mix made here where the row shows the provider's in its place, or
/// another recording of the same call, stream and kind. Nothing is converted for a request.
/// </summary>
internal sealed class FormatChoice(CatalogDatabase database)
{
    public const string Description = "wav or mp3: the audio in that format, where it is there in it (406 says what there is). Nothing is converted. By default, as it is.";

    private const string Sql =
        $"""
        select {Recording.Columns} from catalog.recordings
        where call_id = @CallId and recording_type = @RecordingType and status = 'completed' and id <> @Id and {VisibleRows.Condition}
            and (recording_metadata ->> 'stream_id' = @StreamId or recording_sid = @RecordingSid)
        order by listed_at, id
        limit 20
        """;

    /// <summary>Why no such format can be asked for; null where it can, or none was.</summary>
    public static ProblemHttpResult? Refusal(string? format) => format is null or "wav" or "mp3"
        ? null
        : CatalogProblems.Problem(StatusCodes.Status400BadRequest, "The format is one of wav, mp3.");

    /// <summary>The recording to be sent, or why there is none.</summary>
    public async Task<(Recording? Recording, ProblemHttpResult? Refusal)> FindAsync(
        Recording recording, string? format, Caller caller, CancellationToken cancellationToken)
    {
        if (format is null || recording.Format == format)
        {
            return (recording, null);
        }

        var streamId = recording.RecordingMetadata.TryGetProperty("stream_id", out var stream) ? stream.ToString() : null;
        var others = await database.ReadAsync(
            async connection => (await connection.QueryAsync<Recording>(new CommandDefinition(
                Sql,
                new { recording.CallId, recording.RecordingType, recording.Id, recording.RecordingSid, StreamId = streamId, caller.AssistantIds },
                cancellationToken: cancellationToken))).AsList(),
            cancellationToken);
        if (LocalMix(recording) is { } mix)
        {
            others.Insert(0, mix);
        }

        if (others.FirstOrDefault(other => other.Format == format) is { } found)
        {
            return (found, null);
        }

        var there = others.Select(other => other.Format).Append(recording.Format).OfType<string>().Distinct().Order(StringComparer.Ordinal);
        return (null, CatalogProblems.Problem(
            StatusCodes.Status406NotAcceptable, $"Recording {recording.Id} is not there as {format}. It is there as {string.Join(", ", there)}."));
    }
    /// <summary>The mix that was made here, of a row that shows the provider's recording in its place; it lies in the store under its own key.</summary>
    private static Recording? LocalMix(Recording recording)
    {
        var metadata = JsonNode.Parse(recording.RecordingMetadataText)!.AsObject();
        if (Text("status") != RecordingStatuses.Completed || Text("s3_key") is not { } key || Text("sha256") is not { } sha256 || Number("file_size") is not { } size)
        {
            return null;
        }

        foreach (var name in (string[])["store", "archived_at", "tier"])
        {
            metadata[name] = metadata[$"local_{name}"]?.DeepClone();
        }

        return recording with { Format = Text("format"), S3Key = key, Sha256 = sha256, FileSize = size, RecordingMetadataText = metadata.ToJsonString() };

        string? Text(string name) => metadata[$"local_{name}"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

        long? Number(string name) => metadata[$"local_{name}"] is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;
    }
}
