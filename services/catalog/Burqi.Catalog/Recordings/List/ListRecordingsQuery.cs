using Burqi.Access;
using Burqi.Catalog.Database;
using Burqi.Catalog.Lists;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Dapper;

namespace Burqi.Catalog.Recordings.List;

/// <summary>Recordings, by start.</summary>
internal sealed class ListRecordingsQuery(CatalogDatabase database)
{
    // The first two are the user and the assistant; media keeps eight voices of a call apart.
    private const int FirstParticipant = 3;
    private const int LastParticipant = 8;

    /// <summary>Each filter has an index of its own (0001_calls_and_recordings.sql, 0014_recording_numbers.sql, 0020_list_parameters_online.sql).</summary>
    public static readonly ListParameters Parameters = new(
        id => Guid.TryParseExact(id, "D", out _),
        [
            new("call_id", "The provider's id of the call."),
            new("provider", "Whose platform carried the call.", [Providers.Twilio, Providers.Acs, Providers.LiveKit]),
            new(
                "recording_source",
                "Who made the recording.",
                [RecordingSources.Local, RecordingSources.Twilio, RecordingSources.Acs, RecordingSources.LiveKit]),
            new(
                "recording_type",
                "What the recording holds.",
                [
                    RecordingTypes.User, RecordingTypes.Assistant, RecordingTypes.Mixed, RecordingTypes.Provider, RecordingTypes.Chunk,
                    .. Enumerable.Range(FirstParticipant, LastParticipant - FirstParticipant + 1).Select(number => $"{RecordingTypes.Participant}{number}"),
                ]),
            new(
                "status",
                "How far the recording has come.",
                [
                    RecordingStatuses.Recording, RecordingStatuses.Captured, RecordingStatuses.Archiving, RecordingStatuses.Completed,
                    RecordingStatuses.Failed, RecordingStatuses.Absent, RecordingStatuses.Deleted,
                ]),
            new("assistant_id", "The assistant that took the call."),
            new("recording_sid", "The provider's id of its own recording."),
        ]);

    private static readonly ListTable Table = new("catalog.recordings", Recording.Columns, "id")
    {
        Numbered =
        [
            new(
                // The second condition follows from the first, and lets the planner come from the recordings where another filter leaves few of them.
                "catalog.recording_numbers numbered join catalog.recordings recording on recording.id = numbered.recording_id and recording.listed_at = numbered.at",
                "numbered.number = @number",
                "numbered.at",
                "numbered.recording_id",
                "recording.*"),
        ],
    };

    public async Task<Page<Recording>> ExecuteAsync(ListRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var (sql, parameters) = Statement(request, caller);
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<Recording>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)),
            cancellationToken);
        return Page<Recording>.Of([.. rows], request.Limit, last => new PageCursor(last.ListedAt, last.Id.ToString("D"), request.EarliestFirst));
    }

    public static (string Sql, DynamicParameters Parameters) Statement(ListRequest request, Caller caller) => ListStatement.Write(
        Table,
        request,
        caller,
        request.Cursor is { } cursor ? Guid.ParseExact(cursor.Id, "D") : null);
}
