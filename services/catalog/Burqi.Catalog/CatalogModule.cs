using Burqi.Access;
using Burqi.Catalog.Access;
using Burqi.Catalog.Answers;
using Burqi.Catalog.Assistants;
using Burqi.Catalog.Assistants.Announce;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Calls.Export;
using Burqi.Catalog.Calls.Get;
using Burqi.Catalog.Calls.List;
using Burqi.Catalog.Calls.Track;
using Burqi.Catalog.Completeness;
using Burqi.Catalog.Content;
using Burqi.Catalog.Controls;
using Burqi.Catalog.Database;
using Burqi.Catalog.OpenApi;
using Burqi.Catalog.Operations;
using Burqi.Catalog.Page;
using Burqi.Catalog.Recordings.Get;
using Burqi.Catalog.Recordings.List;
using Burqi.Catalog.Recordings.MarkArchived;
using Burqi.Catalog.Recordings.Merge;
using Burqi.Catalog.Recordings.Play;
using Burqi.Catalog.Recordings.ProviderCopies;
using Burqi.Catalog.Recordings.Share;
using Burqi.Catalog.Recordings.Track;
using Burqi.Catalog.Recordings.Upgrade;
using Burqi.Catalog.Recordings.Waveforms;
using Burqi.Catalog.Retention;
using Burqi.Catalog.Twilio;
using Burqi.Catalog.Usage;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog;

/// <summary>The front door of catalog: what it registers, what it consumes, what it maps.</summary>
public static class CatalogModule
{
    /// <summary>Registers catalog's services, options and health checks.</summary>
    public static IHostApplicationBuilder AddCatalog(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;

        services.AddSingleton<IValidateOptions<CatalogOptions>, CatalogOptionsValidator>();
        services.AddOptions<CatalogOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                options.DatabaseUrl = configuration["BURQI_DATABASE_URL"]?.Trim() ?? "";
                options.ApiKeys = ApiKeys.Read(configuration["BURQI_API_KEYS"]);
                options.ReadAccess(configuration["BURQI_API_REQUESTS_PER_MINUTE"], configuration["BURQI_TRUSTED_PROXIES"]);
            })
            .ValidateOnStart();

        services.AddSingleton<CatalogMetrics>();
        services.AddSingleton<CatalogDatabase>();
        services.AddHostedService<DatabaseMigration>();
        services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("catalog-database", tags: ["ready"]);

        services.AddAudit();
        services.AddSingleton<UpgradeMixCommand>();
        services.AddSingleton<TellOfCallCommand>();
        services.AddSingleton<TellTogetherCommand>();
        services.AddSingleton<UpsertCallCommand>();
        services.AddSingleton<UpsertRecordingCommand>();
        services.AddSingleton<GetCallQuery>();
        services.AddSingleton<CallExport>();
        services.AddSingleton<ListCallsQuery>();
        services.AddSingleton<GetRecordingQuery>();
        services.AddSingleton<ListRecordingsQuery>();
        services.AddSingleton<RecordingContentResponse>();
        services.AddSingleton<FormatChoice>();
        services.AddShareLinks();
        services.AddRecordingContent();
        services.AddWaveforms();
        services.AddMergedRecordings();
        services.AddAssistants();
        services.AddControls();
        services.AddUsage();
        services.AddCompleteness();
        services.AddRetention();
        services.AddOperations();
        services.AddTwilioDialling();
        services.AddPage();
        services.AddAnswers();

        services.AddAccess();
        services.AddExceptionHandler<CatalogExceptionHandler>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, CatalogJsonContext.Default));
        services.AddCatalogOpenApi();
        return builder;
    }

    /// <summary>Registers catalog's consumers, by name: a queue that nobody asked for is never made.</summary>
    public static void AddCatalogConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<CallStartedConsumer, CallStartedConsumerDefinition>();
        bus.AddConsumer<CallEndedConsumer, CallEndedConsumerDefinition>();
        bus.AddConsumer<RecordingStartedConsumer, RecordingStartedConsumerDefinition>();
        bus.AddConsumer<RecordingCapturedConsumer, RecordingCapturedConsumerDefinition>();
        bus.AddConsumer<RecordingFailedConsumer, RecordingFailedConsumerDefinition>();
        bus.AddConsumer<ProviderRecordingReadyConsumer, ProviderRecordingReadyConsumerDefinition>();
        bus.AddConsumer<ProviderRecordingDeletedConsumer, ProviderRecordingDeletedConsumerDefinition>();
        bus.AddConsumer<RecordingArchiveStartedConsumer, RecordingArchiveStartedConsumerDefinition>();
        bus.AddConsumer<RecordingArchivedConsumer, RecordingArchivedConsumerDefinition>();
        bus.AddConsumer<RecordingArchiveFailedConsumer, RecordingArchiveFailedConsumerDefinition>();
        bus.AddConsumer<AssistantsWantedConsumer, AssistantsWantedConsumerDefinition>();
        bus.AddConsumer<RecordingControlAnsweredConsumer, RecordingControlAnsweredConsumerDefinition>();
        bus.AddWaveformConsumers();
        bus.AddAccessConsumers();
        bus.AddRetentionConsumers();
        bus.AddOperationsConsumers();
    }

    /// <summary>Maps catalog's routes. Each says what it needs; the page itself needs nothing, since it holds nothing that is anybody's.</summary>
    public static IEndpointRouteBuilder MapCatalog(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").RequireAuthorization(CatalogAccess.Policy);
        api.MapListCalls();
        api.MapGetCall();
        api.MapExportCall();
        api.MapListRecordings();
        api.MapGetRecording();
        api.MapDownloadRecording();
        api.MapPlayRecording();
        api.MapShareLinks();
        api.MapGetWaveform();
        api.MapMergedRecording();
        api.MapControlRecording();
        api.MapAssistants();
        api.MapGetUsage();
        api.MapRetention();
        api.MapAudit();
        api.MapOperations();
        api.MapTwilioDialling();
        api.MapAccess();
        api.MapOpenApi().RequireAnyKey();
        routes.MapPage();
        routes.MapShared();
        return routes;
    }
}
