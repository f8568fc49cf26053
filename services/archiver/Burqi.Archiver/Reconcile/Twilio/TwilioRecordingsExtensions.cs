using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Burqi.Archiver.Reconcile.Twilio;

internal static class TwilioRecordingsExtensions
{
    public static IServiceCollection AddTwilioRecordings(this IServiceCollection services)
    {
        services.AddSingleton<TwilioAccountsQuery>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IProviderRecordings, TwilioRecordings>());
        return services;
    }
}
