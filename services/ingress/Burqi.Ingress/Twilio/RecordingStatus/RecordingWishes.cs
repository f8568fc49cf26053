using Burqi.Contracts.Assistants;
using Microsoft.AspNetCore.Http;

namespace Burqi.Ingress.Twilio.RecordingStatus;

/// <summary>
/// What is to become of Twilio's own recording, as the assistant's settings said when the call began. It goes with the callback's URL, which
/// Twilio signs: every callback of a recording says the same, whatever the settings have become meanwhile and whichever replica takes it.
/// </summary>
/// <param name="AssistantId">The assistant that took the call; null where none did.</param>
/// <param name="CreateDatabaseRecords">False: no row in the catalog; null: nothing was said of it.</param>
/// <param name="AutoSave">False: the recording stays at Twilio; null: nothing was said of it.</param>
internal sealed record RecordingWishes(string? AssistantId, bool? CreateDatabaseRecords, bool? AutoSave)
{
    private const string Assistant = "assistant_id";
    private const string Records = "create_database_records";
    private const string Save = "auto_save";
    private const string No = "false";

    public static RecordingWishes Of(string assistantId, AssistantSaved? settings) => new(
        assistantId,
        settings is { CreateDatabaseRecords: false } ? false : null,
        settings is { AutoSave: false } ? false : null);

    public static RecordingWishes Read(IQueryCollection query) => new(
        query[Assistant] is [{ } id] && Burqi.Assistants.AssistantId.IsValid(id) ? id : null,
        query[Records] is [No] ? false : null,
        query[Save] is [No] ? false : null);

    /// <summary>The query, beginning with its question mark. An assistant's id needs no escaping.</summary>
    public string ToQuery() =>
        $"?{Assistant}={AssistantId}{(CreateDatabaseRecords is false ? $"&{Records}={No}" : "")}{(AutoSave is false ? $"&{Save}={No}" : "")}";
}
