using Burqi.Access;
using Burqi.Archiver.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Access;

/// <summary>Registers what is about keys.</summary>
internal static class AccessExtensions
{
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddApiAccess<ArchiverAccess, KeyTable>(ArchiverAccess.Policy, provider => provider.GetRequiredService<IOptions<ArchiverOptions>>().Value.Access);
        services.AddSingleton<KeepKeyCommand>();
        services.AddHostedService<ApiKeysWantedAnnouncer>();
    }
}
