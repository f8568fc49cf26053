using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Recordings.Waveforms;

/// <summary>Registers what keeps the outlines of recordings.</summary>
internal static class WaveformsExtensions
{
    public static void AddWaveforms(this IServiceCollection services)
    {
        services.AddSingleton<GetWaveformQuery>();
        services.AddSingleton<SaveWaveformCommand>();
    }

    public static void AddWaveformConsumers(this IBusRegistrationConfigurator bus) =>
        bus.AddConsumer<RecordingWaveformComputedConsumer, RecordingWaveformComputedConsumerDefinition>();
}
