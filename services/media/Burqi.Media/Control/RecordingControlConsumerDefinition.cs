using MassTransit;

namespace Burqi.Media.Control;

/// <summary>
/// One queue for this process alone, named anew at each start: every replica hears every request, since nobody knows which of them has the
/// call. Hosting lets a queue with a point in its name expire once nobody reads from it.
/// </summary>
internal sealed class RecordingControlConsumerDefinition : ConsumerDefinition<RecordingControlConsumer>
{
    public RecordingControlConsumerDefinition()
    {
        EndpointName = $"media-recording-controls.{Guid.CreateVersion7():N}";
        ConcurrentMessageLimit = 1; // in the order in which they were asked
    }
}
