using Burqi.Catalog.Controls.Announce;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Controls;

/// <summary>Registers what is about controlling live recordings.</summary>
internal static class ControlsExtensions
{
    public static void AddControls(this IServiceCollection services)
    {
        services.AddSingleton<RequestControlCommand>();
        services.AddSingleton<ControlAnswersQuery>();
        services.AddSingleton<RecordControlAnswerCommand>();
        services.AddSingleton<ControlBell>();
        services.AddSingleton<DueControlsQuery>();
        services.AddSingleton<ConfirmControlsCommand>();
        services.AddHostedService<ControlAnnouncer>();
    }
}
