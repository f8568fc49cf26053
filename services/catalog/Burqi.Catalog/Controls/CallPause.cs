using System.Text.Json.Serialization;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Controls;

/// <summary>A stretch of a call in which one of those who record it recorded silence.</summary>
internal sealed record CallPause
{
    /// <summary>Whose recording: the provider's, or ours.</summary>
    [JsonPropertyName("scope")]
    public required string Scope { get; init; }

    [JsonPropertyName("answerer")]
    public required string Answerer { get; init; }

    [JsonPropertyName("from")]
    public required DateTime From { get; init; }

    /// <summary>Null while it lasts.</summary>
    [JsonPropertyName("to")]
    public required DateTime? To { get; init; }

    /// <summary>The pauses of a call, the earliest first: from each pause that was done to the resume or stop after it, or the end of the call.</summary>
    /// <param name="done">What was done, in the order in which it was asked.</param>
    /// <param name="callEndedAt">When the call ended; null while it lasts.</param>
    public static IReadOnlyList<CallPause> Of(IEnumerable<DoneControl> done, DateTime? callEndedAt)
    {
        var pauses = new List<CallPause>();
        foreach (var places in done.GroupBy(control => (control.Scope, control.Answerer)))
        {
            DateTime? from = null;
            foreach (var control in places)
            {
                if (control.Action == RecordingControls.Pause)
                {
                    from ??= control.At;
                }
                else if (from is { } began)
                {
                    pauses.Add(New(places.Key, began, control.At));
                    from = null;
                }
            }

            if (from is { } open)
            {
                pauses.Add(New(places.Key, open, callEndedAt));
            }
        }

        return [.. pauses.OrderBy(pause => pause.From).ThenBy(pause => pause.Scope, StringComparer.Ordinal)];
    }

    private static CallPause New((string Scope, string Answerer) place, DateTime from, DateTime? to) =>
        new() { Scope = place.Scope, Answerer = place.Answerer, From = from, To = to < from ? from : to };
}

/// <summary>A request that was done somewhere.</summary>
internal sealed record DoneControl
{
    /// <summary>Those of one call, in the order in which they were asked.</summary>
    public const string Sql =
        """
        select control.action as Action, answer.scope as Scope, answer.answerer as Answerer, answer.answered_at as At
        from catalog.recording_controls control
        join catalog.recording_control_answers answer on answer.control_id = control.id and answer.applied
        where control.call_id = @callId
        order by control.number
        limit 1000;
        """;

    public required string Action { get; init; }

    public required string Scope { get; init; }

    public required string Answerer { get; init; }

    public required DateTime At { get; init; }
}
