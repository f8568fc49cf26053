using MassTransit;

namespace Burqi.Ingress.Twilio.RecordingControl;

internal sealed class RecordingControlConsumerDefinition : ConsumerDefinition<RecordingControlConsumer>
{
    public RecordingControlConsumerDefinition()
    {
        EndpointName = "ingress-recording-control-requested";

        // Each waits for Twilio; one call's go one after the other.
        ConcurrentMessageLimit = 16;
    }
}
