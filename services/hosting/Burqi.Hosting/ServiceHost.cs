using Burqi.Hosting.Bus;
using Burqi.Hosting.Health;
using Burqi.Hosting.Options;
using Burqi.Hosting.Telemetry;
using Burqi.Hosting.Web;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Burqi.Hosting;

/// <summary>Runs a service's process: configuration, bus, telemetry, health, then the service's own parts.</summary>
public static class ServiceHost
{
    /// <summary>
    /// Builds and runs the process until it is told to stop. With <c>--health</c> among the arguments it only asks the process that
    /// already runs on <c>BURQI_URLS</c> whether it is ready: 0 for yes.
    /// </summary>
    /// <param name="serviceName">The service's name, lower case: it names the process in logs, traces and health.</param>
    /// <param name="args">The command line.</param>
    /// <param name="addServices">Registers the service's own parts.</param>
    /// <param name="addConsumers">Registers the service's consumers.</param>
    /// <param name="map">Maps the service's routes.</param>
    /// <returns>The process's exit code, one of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(
        string serviceName,
        string[] args,
        Action<WebApplicationBuilder> addServices,
        Action<IBusRegistrationConfigurator> addConsumers,
        Action<WebApplication> map)
    {
        if (args.Contains(HealthProbe.Argument, StringComparer.Ordinal))
        {
            return await HealthProbe.AskAsync(args, Console.Out);
        }

        try
        {
            return await RunToEndAsync(CreateApp(serviceName, args, addServices, addConsumers, configure: null), map);
        }
        catch (OptionsValidationException exception)
        {
            // What can only be seen by trying, such as a folder that another process has claimed.
            foreach (var failure in exception.Failures)
            {
                await Console.Error.WriteLineAsync(failure);
            }

            return ExitCodes.BadConfiguration;
        }
        catch (Exception exception) when (exception is not HostAbortedException)
        {
            // The logger may not exist yet, or be gone already.
            await Console.Error.WriteLineAsync($"burqi-{serviceName} failed: {exception}");
            return ExitCodes.Failed;
        }
    }

    /// <summary>
    /// Builds the same application as <see cref="RunAsync"/> without checking its options or starting it: for tests and for processes
    /// that start and stop it themselves. Starting it checks the options and throws what they lack.
    /// </summary>
    /// <param name="serviceName">The service's name, lower case.</param>
    /// <param name="args">The command line; settings can be given as <c>--NAME=value</c>.</param>
    /// <param name="addServices">Registers the service's own parts.</param>
    /// <param name="addConsumers">Registers the service's consumers.</param>
    /// <param name="map">Maps the service's routes.</param>
    /// <param name="configure">Changes the builder before anything is read or registered: configuration, environment, logging.</param>
    /// <returns>The application, not yet started.</returns>
    public static WebApplication Build(
        string serviceName,
        string[] args,
        Action<WebApplicationBuilder> addServices,
        Action<IBusRegistrationConfigurator> addConsumers,
        Action<WebApplication> map,
        Action<WebApplicationBuilder>? configure = null)
    {
        var app = CreateApp(serviceName, args, addServices, addConsumers, configure);
        Map(app, map);
        return app;
    }

    private static WebApplication CreateApp(
        string serviceName,
        string[] args,
        Action<WebApplicationBuilder> addServices,
        Action<IBusRegistrationConfigurator> addConsumers,
        Action<WebApplicationBuilder>? configure)
    {
        // Settings are read once, so no file is watched: from some folders, / above all, the watch would go over the whole disk.
        // The settings' files are the program's own, wherever it was started.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
            ContentRootPath = AppContext.BaseDirectory,
        });
        configure?.Invoke(builder);

        var errors = new List<string>(ConfigurationNormalizer.Normalize(builder.Configuration));
        var serviceOptions = ServiceOptions.Read(builder.Configuration);
        var busOptions = BusOptions.Read(builder.Configuration);
        errors.AddRange([.. serviceOptions.Errors, .. busOptions.Errors, .. TelemetryExtensions.Check(builder.Configuration)]);

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(serviceOptions);
        builder.Services.AddSingleton(new ConfigurationErrors(errors));
        builder.Services.AddSingleton<ProcessEnd>();
        builder.Services.AddSingleton<IProcessEnd>(provider => provider.GetRequiredService<ProcessEnd>());
        builder.Services.AddProblems();
        builder.Services.AddHealth();
        builder.AddServer(serviceOptions);

        // What is registered first starts first and stops last: the bus outlives the services that publish while they stop.
        builder.AddTelemetry(serviceName);
        builder.Services.AddBus(serviceName, busOptions, addConsumers);
        addServices(builder);
        return builder.Build();
    }

    private static void Map(WebApplication app, Action<WebApplication> map)
    {
        app.UseProblems();
        app.UseWebSockets();
        app.MapHealth();
        map(app);
    }

    private static async Task<int> RunToEndAsync(WebApplication app, Action<WebApplication> map)
    {
        var errors = app.Services.GetRequiredService<ConfigurationErrors>().Collect(app.Services);
        if (errors.Count > 0)
        {
            await app.DisposeAsync();
            foreach (var error in errors)
            {
                await Console.Error.WriteLineAsync(error);
            }

            return ExitCodes.BadConfiguration;
        }

        Map(app, map);

        // Taken before the provider is gone: it limits the disposal as well.
        var end = app.Services.GetRequiredService<ProcessEnd>();
        var background = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToArray();
        app.Lifetime.ApplicationStopping.Register(end.LimitStop);
        await using (app)
        {
            await app.RunAsync();
        }

        end.Ended();
        return background.Any(service => service.ExecuteTask is { IsFaulted: true }) ? ExitCodes.Failed : end.ExitCode;
    }
}
