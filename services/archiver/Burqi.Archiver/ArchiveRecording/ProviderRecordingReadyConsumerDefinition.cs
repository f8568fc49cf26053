using MassTransit;

namespace Burqi.Archiver.ArchiveRecording;

internal sealed class ProviderRecordingReadyConsumerDefinition : ConsumerDefinition<ProviderRecordingReadyConsumer>
{
    public ProviderRecordingReadyConsumerDefinition()
    {
        EndpointName = "archiver-provider-recording-ready";
        ConcurrentMessageLimit = 8; // each is one insert
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<ProviderRecordingReadyConsumer> consumerConfigurator,
        IRegistrationContext context) => consumerConfigurator.UseMessageRetry(DatabaseOutage.Wait);
}
