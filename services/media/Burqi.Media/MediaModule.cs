using Burqi.Assistants;
using Burqi.Media.Acs;
using Burqi.Media.Announce;
using Burqi.Media.Assistants;
using Burqi.Media.Cleanup;
using Burqi.Media.Content;
using Burqi.Media.Control;
using Burqi.Media.Mp3;
using Burqi.Media.Operations;
using Burqi.Media.Spool;
using Burqi.Media.Streams;
using Burqi.Media.Twilio;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Media;

/// <summary>The front door of media: what it registers, what it consumes, what it maps.</summary>
public static class MediaModule
{
    /// <summary>Registers media's services, options and health checks.</summary>
    public static IHostApplicationBuilder AddMedia(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<MediaOptionsReader>();
        services.AddSingleton<IConfigureOptions<MediaOptions>>(provider => provider.GetRequiredService<MediaOptionsReader>());
        services.AddSingleton<IValidateOptions<MediaOptions>>(provider => provider.GetRequiredService<MediaOptionsReader>());
        services.AddSingleton<IConfigureOptions<MediaOptions>, TwilioAccountsSetup>();
        services.AddSingleton<IValidateOptions<MediaOptions>, TwilioAccountsSetup>();
        services.AddSingleton<IValidateOptions<MediaOptions>, MediaOptionsValidator>();
        services.AddSingleton<IValidateOptions<MediaOptions>, Mp3Validator>();
        services.AddOptions<MediaOptions>().ValidateOnStart();

        services.AddSingleton<MediaTelemetry>();
        services.AddSingleton<ManifestStore>();
        services.AddSingleton<ManifestEditor>();
        services.AddSingleton<LocalFiles>();
        services.AddSingleton<ArchiveNotes>();
        services.AddSingleton<IDiskUse, DiskUse>();
        services.AddSingleton<DiskRelief>();
        services.AddSingleton<DiskLanes>();
        services.AddSingleton<Mp3Support>();
        services.AddSingleton<RecordingDeriver>();
        services.AddSingleton<RecordingFinalizer>();
        services.AddSingleton<RecordingIndex>();
        services.AddSingleton<ContentUrls>();
        services.AddSingleton<PcmBlockPool>();
        services.AddSingleton<RecordingAnnouncer>();
        services.AddSingleton<HeapTrim>();
        services.AddSingleton<MediaStreams>();
        services.AddSingleton(provider => new RecordingServices(
            provider.GetRequiredService<IOptions<MediaOptions>>().Value,
            provider.GetRequiredService<ManifestStore>(),
            provider.GetRequiredService<DiskLanes>(),
            provider.GetRequiredService<RecordingFinalizer>(),
            provider.GetRequiredService<RecordingAnnouncer>(),
            provider.GetRequiredService<RecordingIndex>(),
            provider.GetRequiredService<PcmBlockPool>(),

            // Of their own: what agents have sent and nobody has heard yet must not take the memory that a slow disk needs.
            new PcmBlockPool(provider.GetRequiredService<IOptions<MediaOptions>>()),
            provider.GetRequiredService<MediaTelemetry>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RecordingWriter>>()));

        services.AddAssistants(provider =>
            Path.Combine(provider.GetRequiredService<IOptions<MediaOptions>>().Value.DataDirectory, "media-assistants"));

        services.Configure<SocketTransportOptions>(sockets =>
        {
            // A frame is read where the kernel hands it over. Two more changes of thread would cost several times what the frame itself does,
            // and nothing of a media stream ever blocks its thread.
            sockets.UnsafePreferInlineScheduling = true;

            // One system call less for every read; 4 KiB more for every connection.
            sockets.WaitForDataBeforeAllocatingBuffer = false;
        });
        services.AddSingleton<CallControls>();
        services.AddSingleton<ControlBell>();
        services.AddSingleton<LiveRecordings>();
        services.AddSingleton<StreamAdmission>();
        services.AddSingleton<MediaSocketUpgrade>();
        services.AddSingleton<TwilioUpgradeSignature>();
        services.AddSingleton<TwilioMediaEndpoint>();
        services.AddSingleton<AcsMediaEndpoint>();
        services.AddSingleton<AcsSigningKeys>();
        services.AddHttpClient(AcsSigningKeys.ClientName, client =>
        {
            client.Timeout = AcsSigningKeys.FetchTimeout;
            client.MaxResponseContentBufferSize = AcsSigningKeys.LargestAnswer;
        });
        services.AddSingleton<RecordingContentEndpoint>();
        services.AddSingleton<DeleteContentEndpoint>();

        // In this order: the folder is ours before anything in it is touched.
        services.AddHostedService<NodeLock>();
        services.AddHostedService(provider => provider.GetRequiredService<RecordingAnnouncer>());
        services.AddHostedService<SpoolRecovery>();
        services.AddHostedService(provider => provider.GetRequiredService<MediaStreams>());
        services.AddHostedService(provider => provider.GetRequiredService<LiveRecordings>());
        services.AddHostedService<ControlAnnouncer>();
        services.AddHostedService(provider => provider.GetRequiredService<DiskRelief>());
        services.AddHostedService<NodeAnnouncer>();
        services.AddHealthChecks()
            .AddCheck<RecordingsFolderHealthCheck>("recordings-folder", tags: ["ready"])
            .AddCheck<DiskReliefHealthCheck>("recordings-disk", tags: ["ready"]);
        return builder;
    }

    /// <summary>Registers media's consumers, by name: a queue that nobody asked for is never made.</summary>
    public static void AddMediaConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddAssistantsConsumer<AssistantsConsumerDefinition>();
        bus.AddConsumer<RecordingControlConsumer, RecordingControlConsumerDefinition>();
        bus.AddConsumer<RecordingArchivedConsumer, RecordingArchivedConsumerDefinition>();
    }

    /// <summary>Maps media's routes.</summary>
    public static IEndpointRouteBuilder MapMedia(this IEndpointRouteBuilder routes)
    {
        routes.MapSocket(TwilioMediaEndpoint.Route, context => context.RequestServices.GetRequiredService<TwilioMediaEndpoint>().HandleAsync(context));
        routes.MapSocket(TwilioMediaEndpoint.TwoWayRoute, context => context.RequestServices.GetRequiredService<TwilioMediaEndpoint>().HandleAsync(context));
        routes.MapSocket(AcsMediaEndpoint.Route, context => context.RequestServices.GetRequiredService<AcsMediaEndpoint>().HandleAsync(context));

        routes.MapMethods(
            ContentUrls.RoutePattern,
            [HttpMethods.Get, HttpMethods.Head],
            async (string recordingId, HttpContext context, RecordingContentEndpoint endpoint) =>
            {
                // The disk may hang: it gets a thread of the pool, never one that reads sockets.
                await Task.Yield();
                return endpoint.Handle(recordingId, context);
            });
        routes.MapDelete(
            ContentUrls.RoutePattern,
            async (string recordingId, HttpContext context, DeleteContentEndpoint endpoint) =>
            {
                // As above: removing waits for the disk as reading does.
                await Task.Yield();
                return endpoint.Handle(recordingId, context);
            });
        return routes;
    }

    /// <summary>WebSockets are switched on for these routes alone, whatever else the process serves.</summary>
    private static void MapSocket(this IEndpointRouteBuilder routes, string route, RequestDelegate handle)
    {
        var socket = routes.CreateApplicationBuilder();
        socket.UseWebSockets();
        socket.Run(handle);
        routes.Map(route, socket.Build());
    }
}
