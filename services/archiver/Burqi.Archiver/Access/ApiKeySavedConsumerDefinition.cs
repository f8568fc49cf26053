using Burqi.Archiver.ArchiveRecording;
using MassTransit;

namespace Burqi.Archiver.Access;

/// <summary>One queue for all replicas, since they share the table.</summary>
internal sealed class ApiKeySavedConsumerDefinition : ConsumerDefinition<ApiKeySavedConsumer>
{
    public ApiKeySavedConsumerDefinition()
    {
        EndpointName = "archiver-api-key-saved";
        ConcurrentMessageLimit = 4; // keys change by hand
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<ApiKeySavedConsumer> consumerConfigurator,
        IRegistrationContext context) => consumerConfigurator.UseMessageRetry(DatabaseOutage.Wait);
}
