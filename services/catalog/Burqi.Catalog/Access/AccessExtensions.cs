using Burqi.Access;
using Burqi.Catalog.Access.Keys;
using Burqi.Catalog.Access.Keys.Announce;
using Burqi.Catalog.Access.Oidc;
using Burqi.Catalog.Access.Sessions;
using MassTransit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Access;

/// <summary>Registers and maps what is about keys and sessions.</summary>
internal static class AccessExtensions
{
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddApiAccess<CatalogAccess, KeyTable>(CatalogAccess.Policy, provider => provider.GetRequiredService<IOptions<CatalogOptions>>().Value.Access);
        services.AddOidc();
        services.AddSingleton<SaveKeyCommands>();
        services.AddSingleton<KeysQuery>();
        services.AddHostedService<KeyUseWriter>();
        services.AddSingleton<KeyNewsBell>();
        services.AddSingleton<KeyNewsCommands>();
        services.AddHostedService<KeyAnnouncer>();
        services.AddSingleton<SessionTable>();
        services.AddSingleton<SessionSecret>();
        services.AddSingleton<BrowserSessions>();
        services.AddSingleton<ISessions>(provider => provider.GetRequiredService<BrowserSessions>());
    }

    public static void AddAccessConsumers(this IBusRegistrationConfigurator bus) => bus.AddConsumer<ApiKeysWantedConsumer, ApiKeysWantedConsumerDefinition>();

    public static void MapAccess(this IEndpointRouteBuilder routes)
    {
        routes.MapKeys();
        routes.MapSession();
    }
}
