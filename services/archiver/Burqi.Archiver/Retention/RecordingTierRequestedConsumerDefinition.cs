using Burqi.Archiver.ArchiveRecording;
using MassTransit;

namespace Burqi.Archiver.Retention;

internal sealed class RecordingTierRequestedConsumerDefinition : ConsumerDefinition<RecordingTierRequestedConsumer>
{
    public RecordingTierRequestedConsumerDefinition()
    {
        EndpointName = "archiver-recording-tier-requested";
        ConcurrentMessageLimit = 4; // a sweep asks for thousands, and none of them is in a hurry
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<RecordingTierRequestedConsumer> consumerConfigurator,
        IRegistrationContext context) => consumerConfigurator.UseMessageRetry(DatabaseOutage.Wait);
}
