using MassTransit;

namespace Burqi.Archiver.ArchiveRecording;

internal sealed class RecordingCapturedConsumerDefinition : ConsumerDefinition<RecordingCapturedConsumer>
{
    public RecordingCapturedConsumerDefinition()
    {
        EndpointName = "archiver-recording-captured";
        ConcurrentMessageLimit = 8; // each is one insert
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<RecordingCapturedConsumer> consumerConfigurator,
        IRegistrationContext context) => consumerConfigurator.UseMessageRetry(DatabaseOutage.Wait);
}
