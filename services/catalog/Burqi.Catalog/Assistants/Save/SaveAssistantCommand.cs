using System.Text.Json;
using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Events;
using Dapper;

namespace Burqi.Catalog.Assistants.Save;

/// <summary>Creates or replaces an assistant, if what the client bound it to holds. The row's lock orders two who save at once. Who asked for it is written down with it.</summary>
internal sealed class SaveAssistantCommand(CatalogDatabase database)
{
    private const string Sql =
        $"""
        insert into catalog.assistants as known (id, media_url, recording_settings, twilio_credentials, delete_at_provider_after_days, retention, version)
        select @Id, @MediaUrl, cast(@Settings as jsonb), @TwilioCredentials, @DeleteAtProviderAfterDays, cast(@Retention as jsonb), catalog.next_version(0)
        where not @MustExist or exists (select from catalog.assistants where id = @Id and deleted_at is null)
        on conflict (id) do update set
            media_url = excluded.media_url, recording_settings = excluded.recording_settings, twilio_credentials = excluded.twilio_credentials,
            delete_at_provider_after_days = excluded.delete_at_provider_after_days, retention = excluded.retention,
            version = catalog.next_version(known.version), due = known.due + 1, updated_at = now(), deleted_at = null,
            created_at = case when known.deleted_at is null then known.created_at else now() end
        where case when known.deleted_at is null
            then not @MustNotExist and (cast(@Versions as bigint[]) is null or known.version = any (@Versions))
            else not @MustExist end
        returning {Assistant.Columns}
        """;

    /// <summary>The assistant as it is now; null where a precondition does not hold.</summary>
    public Task<Assistant?> ExecuteAsync(
        Caller caller, string id, AssistantContent content, AssistantPreconditions preconditions, CancellationToken cancellationToken)
    {
        var parameters = new
        {
            Id = id,
            content.MediaUrl,
            Settings = JsonSerializer.Serialize(content.RecordingSettings, CatalogJsonContext.Default.RecordingSettings),
            content.TwilioCredentials,
            content.DeleteAtProviderAfterDays,
            Retention = content.Retention is { } retention ? JsonSerializer.Serialize(retention, CatalogJsonContext.Default.DictionaryStringRetentionPeriods) : null,
            preconditions.MustExist,
            preconditions.MustNotExist,
            preconditions.Versions,
        };
        return database.ReadAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var saved = await connection.QuerySingleOrDefaultAsync<Assistant>(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken));
                if (saved is not null)
                {
                    var details = new JsonObject
                    {
                        ["assistant_id"] = id,
                        ["is_new"] = saved.CreatedAt == saved.UpdatedAt,
                        ["retention"] = parameters.Retention is { } kept ? JsonNode.Parse(kept) : null,
                        ["delete_at_provider_after_days"] = content.DeleteAtProviderAfterDays,
                    };
                    await RecordingEventLog.AppendAsync(
                        connection, RecordingEventNames.AssistantChanged, callId: null, recordingId: null, Asker.Of(caller), details, cancellationToken);
                }

                await transaction.CommitAsync(cancellationToken);
                return saved;
            },
            cancellationToken);
    }
}
