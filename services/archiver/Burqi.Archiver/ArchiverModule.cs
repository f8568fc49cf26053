using Burqi.Access;
using Burqi.Archiver.Access;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Assistants;
using Burqi.Archiver.Database;
using Burqi.Archiver.DeleteAtProvider;
using Burqi.Archiver.Health;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Jobs.Http;
using Burqi.Archiver.Operations;
using Burqi.Archiver.Queues;
using Burqi.Archiver.Reconcile;
using Burqi.Archiver.Reconcile.Http;
using Burqi.Archiver.Reconcile.Twilio;
using Burqi.Archiver.Retention;
using Burqi.Archiver.Sources;
using Burqi.Archiver.Sources.Acs;
using Burqi.Archiver.Sources.LiveKit;
using Burqi.Archiver.Sources.Twilio;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.Encryption.Rotation;
using Burqi.Archiver.Waveforms;
using Burqi.Assistants;
using MassTransit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver;

/// <summary>The front door of archiver: what it registers, what it consumes, what it maps.</summary>
public static class ArchiverModule
{
    private const string Ready = "ready";

    /// <summary>Registers archiver's services, options and health checks.</summary>
    public static IHostApplicationBuilder AddArchiver(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ArchiverOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                configuration.GetSection(ArchiverOptions.Section).Bind(options);
                options.DatabaseUrl = configuration["BURQI_DATABASE_URL"] ?? options.DatabaseUrl;
                options.Store = configuration["BURQI_STORE"] ?? options.Store;
                options.FallbackStore = StoreNames.Fallback(configuration);
                options.DataDirectory = configuration["BURQI_DATA_DIR"] ?? options.DataDirectory;
                options.ApiKeys = ApiKeys.Read(configuration["BURQI_API_KEYS"]);
                options.ReadAccess(configuration["BURQI_API_REQUESTS_PER_MINUTE"], configuration["BURQI_TRUSTED_PROXIES"]);
                options.Read(configuration["BURQI_ARCHIVER_WORKERS"], configuration["BURQI_ARCHIVER_GIVE_UP_HOURS"]);
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ArchiverOptions>, ArchiverOptionsValidator>();

        services.AddSingleton<ArchiverDatabase>();
        services.AddHostedService<DatabaseMigration>(); // first: all others wait for it

        services.AddJobQueues();
        services.AddSingleton<AddJobCommand>();
        services.AddSingleton<ExtendLeaseCommand>();
        services.AddSingleton<CompleteJobCommand>();
        services.AddSingleton<CompleteDeletionCommand>();
        services.AddSingleton<DeletionConditionsQuery>();
        services.AddSingleton<PostponeJobCommand>();
        services.AddSingleton<AbandonJobCommand>();
        services.AddSingleton<NoteContentCommand>();
        services.AddSingleton<ClaimAnnouncementsCommand>();
        services.AddSingleton<ConfirmAnnouncementsCommand>();
        services.AddSingleton<RepeatAnnouncementsCommand>();
        services.AddSingleton<JobCensusQuery>();
        services.AddSingleton<JobQueries>();
        services.AddSingleton<DeadJobCommands>();
        services.AddSingleton<JobSignals>();
        services.AddMetrics();
        services.AddSingleton<ArchiverMetrics>();

        services.AddAssistants(provider => provider.GetRequiredService<IOptions<ArchiverOptions>>().Value.AssistantsDirectory);
        services.AddRecordingSources();
        services.AddTwilioSource();
        services.AddAcsSource();
        services.AddLiveKitSource();
        services.AddRecordingStores();

        services.AddSingleton<RecordingTransfer>();
        services.AddSingleton<IJobStep, ProviderCopyDeletion>();
        services.AddSingleton<CompleteWaveformCommand>();
        services.AddSingleton<IJobStep, WaveformStep>();
        services.AddHostedService<ArchiveWorker>();
        services.AddHostedService<JobAnnouncer>();
        services.AddHostedService<JobCensusTaker>();
        services.AddHostedService<BacklogAnnouncer>();

        services.AddRetention();
        services.AddReconciliation();
        services.AddTwilioRecordings();
        services.AddAccess();

        services.AddHealthChecks()
            .AddCheck<DatabaseHealthCheck>("archiver-database", tags: [Ready])
            .AddCheck<StoreHealthCheck>("archiver-store", tags: [Ready])
            .AddCheck<DestinationsHealthCheck>("archiver-destinations", tags: [Ready]);
        return builder;
    }

    /// <summary>Registers archiver's consumers, by name: a queue that nobody asked for is never made.</summary>
    public static void AddArchiverConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<RecordingCapturedConsumer, RecordingCapturedConsumerDefinition>();
        bus.AddConsumer<ProviderRecordingReadyConsumer, ProviderRecordingReadyConsumerDefinition>();
        bus.AddAssistantsConsumer<AssistantsConsumerDefinition>();
        bus.AddReconciliationConsumers();
        bus.AddRetentionConsumers();
        bus.AddConsumer<ApiKeySavedConsumer, ApiKeySavedConsumerDefinition>();
    }

    /// <summary>Maps archiver's routes. All of them need an API key.</summary>
    public static IEndpointRouteBuilder MapArchiver(this IEndpointRouteBuilder routes)
    {
        routes.MapReconciliations();
        routes.MapArchiveJobs();
        routes.MapEncryptionRotations();
        return routes;
    }
}
