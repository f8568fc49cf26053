using Burqi.Archiver.Reconcile.Announce;
using Burqi.Archiver.Reconcile.Calls;
using Burqi.Archiver.Reconcile.Findings;
using Burqi.Archiver.Reconcile.Heard;
using Burqi.Archiver.Reconcile.Runs;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Reconcile;

internal static class ReconcileExtensions
{
    public static IServiceCollection AddReconciliation(this IServiceCollection services)
    {
        services.AddOptions<ReconcileOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                configuration.GetSection(ReconcileOptions.Section).Bind(options);
                options.Read(configuration["BURQI_RECONCILE_INTERVAL_MINUTES"]);
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReconcileOptions>, ReconcileOptionsValidator>();

        services.AddSingleton<AddReconciliationCommand>();
        services.AddSingleton<ScheduleReconciliationCommand>();
        services.AddSingleton<ClaimReconciliationCommand>();
        services.AddSingleton<ReconciliationCommands>();
        services.AddSingleton<ReconciliationQueries>();
        services.AddSingleton<ReachedAccountsQuery>();
        services.AddSingleton<KnownRecordingsQuery>();
        services.AddSingleton<CallContextQuery>();
        services.AddSingleton<AddFindingsCommand>();
        services.AddSingleton<CallsToAskQuery>();
        services.AddSingleton<AddCallCommand>();
        services.AddSingleton<ReconcileNewsCommands>();
        services.AddSingleton<HearCommand>();
        services.AddSingleton<ForgetCommand>();
        services.AddSingleton<ReconcileSignals>();
        services.AddSingleton<ReconcileMetrics>();

        services.AddSingleton<ReconciliationScan>();
        services.AddHostedService<ReconciliationWorker>();
        services.AddHostedService<ReconcileAnnouncer>();
        return services;
    }

    public static void AddReconciliationConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<CallStartedConsumer, CallStartedConsumerDefinition>();
        bus.AddConsumer<RecordingFailedConsumer, RecordingFailedConsumerDefinition>();
    }
}
