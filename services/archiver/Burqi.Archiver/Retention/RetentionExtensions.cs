using Burqi.Archiver.Jobs;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Archiver.Retention;

/// <summary>Registers what deletes recordings and moves them to other tiers.</summary>
internal static class RetentionExtensions
{
    public static void AddRetention(this IServiceCollection services)
    {
        services.AddSingleton<AskCommand>();
        services.AddSingleton<ClearTableCommand>();
        services.AddSingleton<CompleteRecordingDeletionCommand>();
        services.AddSingleton<CompleteTierCommand>();
        services.AddSingleton<LocalFileDeletion>();
        services.AddSingleton<IJobStep, RecordingDeletion>();
        services.AddSingleton<IJobStep, TierChange>();
    }

    public static void AddRetentionConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<RecordingDeletionRequestedConsumer, RecordingDeletionRequestedConsumerDefinition>();
        bus.AddConsumer<RecordingTierRequestedConsumer, RecordingTierRequestedConsumerDefinition>();
    }
}
