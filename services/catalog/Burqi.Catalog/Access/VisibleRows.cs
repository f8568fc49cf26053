namespace Burqi.Catalog.Access;

/// <summary>
/// Parts of statements that leave a caller the rows of its assistants alone; each takes the parameter <c>AssistantIds</c>
/// (<see cref="Burqi.Access.Caller.AssistantIds"/>), null where there is no limit. What belongs to no assistant is not there for a limited caller.
/// </summary>
internal static class VisibleRows
{
    /// <summary>Of a table with a column <c>assistant_id</c>.</summary>
    public const string Condition = "(cast(@AssistantIds as text[]) is null or coalesce(assistant_id = any (@AssistantIds), false))";

    /// <summary>Of <c>catalog.recordings</c> under the name <c>recording</c>.</summary>
    public const string RecordingCondition = "(cast(@AssistantIds as text[]) is null or recording.assistant_id = any (@AssistantIds))";

    /// <summary>Of <c>catalog.recording_events</c>, of a call that is there for the caller.</summary>
    public const string EventCondition =
        $"""
        (cast(@AssistantIds as text[]) is null or recording_id is null
            or recording_id in (select id from catalog.recordings where call_id = @callId and assistant_id = any (@AssistantIds)))
        """;
}
