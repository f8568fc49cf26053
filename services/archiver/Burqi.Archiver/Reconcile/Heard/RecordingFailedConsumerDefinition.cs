using Burqi.Archiver.ArchiveRecording;
using MassTransit;

namespace Burqi.Archiver.Reconcile.Heard;

internal sealed class RecordingFailedConsumerDefinition : ConsumerDefinition<RecordingFailedConsumer>
{
    public RecordingFailedConsumerDefinition()
    {
        EndpointName = "archiver-recording-failed";
        ConcurrentMessageLimit = 8; // each is one insert at most
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<RecordingFailedConsumer> consumerConfigurator,
        IRegistrationContext context) => consumerConfigurator.UseMessageRetry(DatabaseOutage.Wait);
}
