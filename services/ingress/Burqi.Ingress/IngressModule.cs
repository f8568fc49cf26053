using Burqi.Assistants;
using Burqi.Ingress.Assistants;
using Burqi.Ingress.Http;
using Burqi.Ingress.Spool;
using Burqi.Ingress.Twilio;
using Burqi.Ingress.Twilio.AssistantCall;
using Burqi.Ingress.Twilio.CallStatus;
using Burqi.Ingress.Twilio.RecordingControl;
using Burqi.Ingress.Twilio.RecordingStatus;
using Burqi.Ingress.Twilio.Rest;
using Burqi.Ingress.Twilio.StreamStatus;
using Burqi.Ingress.Twilio.Voice;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress;

/// <summary>The front door of ingress: what it registers, what it consumes, what it maps.</summary>
public static class IngressModule
{
    /// <summary>Registers ingress's services, options and health checks.</summary>
    public static IHostApplicationBuilder AddIngress(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        AddOptions<IngressOptions, IngressOptionsSetup>(services);
        AddOptions<TwilioOptions, TwilioOptionsSetup>(services);

        services.AddSingleton<IngressTelemetry>();
        services.AddSingleton<PublicAddress>();

        services.AddSingleton<EventSpool>();
        services.AddSingleton<EventOutbox>();
        services.AddHostedService<SpoolDrain>();
        services.AddHealthChecks().AddCheck<SpoolHealthCheck>("ingress-spool", tags: ["ready"]);

        services.AddAssistants(provider => provider.GetRequiredService<IOptions<IngressOptions>>().Value.AssistantsDirectory);

        services.AddSingleton<CallStartAnnouncer>();
        services.AddSingleton<StreamParameters>();
        services.AddSingleton<CallAnswers>();
        services.AddSingleton<VoiceEndpoint>();
        services.AddSingleton<AssistantCallEndpoint>();
        services.AddSingleton<CallStatusEndpoint>();
        services.AddSingleton<StreamStatusEndpoint>();
        services.AddSingleton<RecordingStatusEndpoint>();
        services.AddSingleton<TwilioRecordingControl>();
        TwilioRest.Register(services);
        return builder;
    }

    /// <summary>Registers ingress's consumers, by name: a queue that nobody asked for is never made.</summary>
    public static void AddIngressConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddAssistantsConsumer<AssistantsConsumerDefinition>();
        bus.AddConsumer<RecordingControlConsumer, RecordingControlConsumerDefinition>();
    }

    /// <summary>Maps ingress's routes.</summary>
    public static IEndpointRouteBuilder MapIngress(this IEndpointRouteBuilder routes)
    {
        // On the group, so that no webhook added later can forget it.
        var signed = routes.MapGroup("").AddEndpointFilter<RouteGroupBuilder, TwilioSignatureFilter>();
        AssistantCallEndpoint.Map(signed);
        var twilio = signed.MapGroup(TwilioRoutes.Prefix);
        VoiceEndpoint.Map(twilio);
        CallStatusEndpoint.Map(twilio);
        StreamStatusEndpoint.Map(twilio);
        RecordingStatusEndpoint.Map(twilio, TwilioRoutes.RecordingStatus, "twilio-recording-status", StatusCodes.Status204NoContent);
        RecordingStatusEndpoint.Map(signed, TwilioRoutes.RecordingStatusAlone, "recording-status", StatusCodes.Status200OK);
        return routes;
    }

    private static void AddOptions<TOptions, TSetup>(IServiceCollection services)
        where TOptions : class
        where TSetup : class, IConfigureOptions<TOptions>, IValidateOptions<TOptions>
    {
        services.AddSingleton<IConfigureOptions<TOptions>, TSetup>();
        services.AddSingleton<IValidateOptions<TOptions>, TSetup>();
        services.AddOptions<TOptions>().ValidateOnStart();
    }
}
