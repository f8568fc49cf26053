using Burqi.Assistants;
using MassTransit;

namespace Burqi.Archiver.Assistants;

/// <summary>
/// One queue for this process alone, named anew at each start: every replica needs every change, and what a dead one missed is asked for by
/// its successor. Hosting lets a queue with a point in its name expire once nobody reads from it.
/// </summary>
internal sealed class AssistantsConsumerDefinition : ConsumerDefinition<AssistantsConsumer>
{
    public AssistantsConsumerDefinition()
    {
        EndpointName = $"archiver-assistants.{Guid.CreateVersion7():N}";
        ConcurrentMessageLimit = 1; // one small file after the other
    }
}
