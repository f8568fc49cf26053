using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Assistants;

/// <summary>Registers what keeps assistants: the directory, what fills it, and who asks for them.</summary>
internal static class AssistantsRegistration
{
    /// <summary>Registers the directory and who asks for its contents.</summary>
    /// <param name="services">The service's registrations.</param>
    /// <param name="folder">The folder for their files: the service's own, since two services of one process keep theirs apart.</param>
    public static void AddAssistants(this IServiceCollection services, Func<IServiceProvider, string> folder)
    {
        services.AddSingleton<AssistantLog>();
        services.AddSingleton(provider => new AssistantDirectory(folder(provider)));
        services.AddHostedService<AssistantsWantedAnnouncer>();
    }

    /// <summary>Registers the consumer, under the service's own definition.</summary>
    public static void AddAssistantsConsumer<TDefinition>(this IBusRegistrationConfigurator bus)
        where TDefinition : class, IConsumerDefinition<AssistantsConsumer>
    {
        // Without dependencies, since the bus is built with it and the announcer with the bus.
        bus.AddSingleton<AssistantsBell>();
        bus.AddReceiveEndpointObserver(provider => provider.GetRequiredService<AssistantsBell>());
        bus.AddConsumer<AssistantsConsumer, TDefinition>();
    }
}
