using MassTransit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Operations;

/// <summary>Registers and maps what operators look at.</summary>
internal static class OperationsExtensions
{
    public static void AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<OperationsQuery>();
        services.AddSingleton<MeasureStoreUseCommand>();
        services.AddHostedService<StoreUseWorker>();
    }

    public static void AddOperationsConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<MediaNodeReportedConsumer, MediaNodeReportedConsumerDefinition>();
        bus.AddConsumer<ArchiveBacklogReportedConsumer, ArchiveBacklogReportedConsumerDefinition>();
    }

    public static void MapOperations(this IEndpointRouteBuilder routes) => routes.MapGetOperations();
}
