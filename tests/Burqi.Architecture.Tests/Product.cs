using System.Reflection;
using Burqi.Archiver;
using Burqi.Catalog;
using Burqi.Contracts;
using Burqi.Hosting;
using Burqi.Ingress;
using Burqi.Media;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Burqi.Architecture.Tests;

/// <summary>The assemblies under test and the front door of each service.</summary>
internal static class Product
{
    public static IReadOnlyList<Service> Services { get; } =
    [
        new("ingress", typeof(IngressModule), b => b.AddIngress(), b => b.AddIngressConsumers(), r => r.MapIngress(), FirstEventId: 2000),
        new("media", typeof(MediaModule), b => b.AddMedia(), b => b.AddMediaConsumers(), r => r.MapMedia(), FirstEventId: 3000),
        new("archiver", typeof(ArchiverModule), b => b.AddArchiver(), b => b.AddArchiverConsumers(), r => r.MapArchiver(), FirstEventId: 4000),
        new("catalog", typeof(CatalogModule), b => b.AddCatalog(), b => b.AddCatalogConsumers(), r => r.MapCatalog(), FirstEventId: 5000),
    ];

    public static Assembly Contracts { get; } = typeof(Providers).Assembly;

    public static Assembly Hosting { get; } = typeof(ServiceHost).Assembly;

    /// <summary>Every assembly whose code runs in production, contracts apart.</summary>
    public static IReadOnlyList<Assembly> Assemblies { get; } = [.. Services.Select(service => service.Assembly), Hosting];

    internal sealed record Service(
        string Name,
        Type Module,
        Action<IHostApplicationBuilder> Add,
        Action<IBusRegistrationConfigurator> AddConsumers,
        Action<IEndpointRouteBuilder> Map,
        int FirstEventId)
    {
        public Assembly Assembly => Module.Assembly;

        public override string ToString() => Name;
    }

    /// <summary>A web application with one service in it, built but not started: what it registers and maps can be looked at.</summary>
    public static WebApplication Build(Service service, Action<IBusRegistrationConfigurator>? observe = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Services.AddSingleton(TimeProvider.System);
        service.Add(builder);
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            observe?.Invoke(bus);
            service.AddConsumers(bus);
            bus.UsingInMemory((context, transport) => transport.ConfigureEndpoints(context));
        });
        var application = builder.Build();
        service.Map(application);
        return application;
    }
}
