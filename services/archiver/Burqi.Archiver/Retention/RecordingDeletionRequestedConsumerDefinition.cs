using Burqi.Archiver.ArchiveRecording;
using MassTransit;

namespace Burqi.Archiver.Retention;

internal sealed class RecordingDeletionRequestedConsumerDefinition : ConsumerDefinition<RecordingDeletionRequestedConsumer>
{
    public RecordingDeletionRequestedConsumerDefinition()
    {
        EndpointName = "archiver-recording-deletion-requested";
        ConcurrentMessageLimit = 4; // a sweep asks for thousands, and none of them is in a hurry
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<RecordingDeletionRequestedConsumer> consumerConfigurator,
        IRegistrationContext context) => consumerConfigurator.UseMessageRetry(DatabaseOutage.Wait);
}
