using Burqi.Archiver.ArchiveRecording;
using MassTransit;

namespace Burqi.Archiver.Reconcile.Heard;

internal sealed class CallStartedConsumerDefinition : ConsumerDefinition<CallStartedConsumer>
{
    public CallStartedConsumerDefinition()
    {
        EndpointName = "archiver-call-started";
        ConcurrentMessageLimit = 8; // each is one insert at most
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<CallStartedConsumer> consumerConfigurator,
        IRegistrationContext context) => consumerConfigurator.UseMessageRetry(DatabaseOutage.Wait);
}
