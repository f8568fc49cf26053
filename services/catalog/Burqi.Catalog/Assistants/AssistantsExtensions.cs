using Burqi.Catalog.Assistants.Announce;
using Burqi.Catalog.Assistants.Delete;
using Burqi.Catalog.Assistants.Get;
using Burqi.Catalog.Assistants.List;
using Burqi.Catalog.Assistants.Save;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Assistants;

/// <summary>Registers and maps what is about assistants.</summary>
internal static class AssistantsExtensions
{
    public static void AddAssistants(this IServiceCollection services)
    {
        services.AddSingleton<SaveAssistantCommand>();
        services.AddSingleton<DeleteAssistantCommand>();
        services.AddSingleton<GetAssistantQuery>();
        services.AddSingleton<ListAssistantsQuery>();
        services.AddSingleton<AnnouncementBell>();
        services.AddSingleton<AnnouncementsQuery>();
        services.AddSingleton<ConfirmAnnouncementsCommand>();
        services.AddSingleton<RepeatAnnouncementsCommand>();
        services.AddHostedService<AssistantAnnouncer>();
    }

    public static void MapAssistants(this IEndpointRouteBuilder routes)
    {
        routes.MapListAssistants();
        routes.MapGetAssistant();
        routes.MapPutAssistant();
        routes.MapDeleteAssistant();
    }
}
