using MassTransit;
using Microsoft.AspNetCore.Builder;

namespace Burqi.Hosting.Tests;

/// <summary>Builds applications as a service's Program does, on a port of their own.</summary>
internal static class TestHost
{
    public static WebApplication Build(
        IReadOnlyDictionary<string, string> settings,
        Action<IBusRegistrationConfigurator>? addConsumers = null,
        Action<WebApplicationBuilder>? addServices = null,
        Action<WebApplication>? map = null) =>
        ServiceHost.Build(
            "test",
            ["--BURQI_URLS=http://127.0.0.1:0", .. settings.Select(setting => $"--{setting.Key}={setting.Value}")],
            addServices ?? (_ => { }),
            addConsumers ?? (_ => { }),
            map ?? (_ => { }));

    public static Dictionary<string, string> RabbitMq(string url, params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["BURQI_BUS"] = "rabbitmq",
            ["BURQI_RABBITMQ_URL"] = url,
            ["BURQI_BUS_PROBE_SECONDS"] = "0.3",
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }

    public static HttpClient CreateClient(this WebApplication app) => new() { BaseAddress = new Uri(app.Urls.First()) };
}
