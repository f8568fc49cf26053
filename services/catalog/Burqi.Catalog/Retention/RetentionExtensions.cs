using Burqi.Catalog.Retention.Announce;
using Burqi.Catalog.Retention.Delete;
using Burqi.Catalog.Retention.Hold;
using Burqi.Catalog.Retention.Plan;
using Burqi.Catalog.Retention.Policies;
using Burqi.Catalog.Retention.Sweep;
using Burqi.Catalog.Retention.Tiers;
using MassTransit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Retention;

/// <summary>Registers and maps what is about how long recordings are kept.</summary>
internal static class RetentionExtensions
{
    public static void AddRetention(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RetentionOptions>, RetentionOptionsValidator>();
        services.AddOptions<RetentionOptions>()
            .Configure<IConfiguration>((options, configuration) => options.Read(configuration))
            .ValidateOnStart();
        services.AddSingleton<RetentionMetrics>();
        services.AddSingleton<RetentionPoliciesQuery>();
        services.AddSingleton<RetentionPlanQuery>();
        services.AddSingleton<DeletionsQuery>();
        services.AddSingleton<DeletionUnderWayQuery>();
        services.AddSingleton<RequestDeletionCommand>();
        services.AddSingleton<RequestTierCommand>();
        services.AddSingleton<LegalHoldCommands>();
        services.AddSingleton<SweepTurn>();
        services.AddSingleton<RetentionSweep>();
        services.AddHostedService<RetentionWorker>();

        services.AddSingleton<RetentionNewsQuery>();
        services.AddSingleton<ConfirmRetentionNewsCommand>();
        services.AddHostedService<RetentionAnnouncer>();
    }

    public static void AddRetentionConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<RecordingDeletedConsumer, RecordingDeletedConsumerDefinition>();
        bus.AddConsumer<RecordingDeletionFailedConsumer, RecordingDeletionFailedConsumerDefinition>();
        bus.AddConsumer<RecordingTierChangedConsumer, RecordingTierChangedConsumerDefinition>();
    }

    public static void MapRetention(this IEndpointRouteBuilder routes)
    {
        routes.MapGetRetention();
        routes.MapDeleteRecording();
        routes.MapLegalHold();
    }
}
