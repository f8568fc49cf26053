using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Recordings.Share;

internal static class ShareExtensions
{
    public static void AddShareLinks(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ShareOptions>, ShareOptionsValidator>();
        services.AddOptions<ShareOptions>()
            .Configure<IConfiguration>((options, configuration) =>
                options.PublicBaseUrl = configuration["CALLBACK_URI_HOST"]?.Trim().TrimEnd('/') is { Length: > 0 } url ? url : null)
            .ValidateOnStart();
        services.AddSingleton<ShareSecret>();
        services.AddSingleton<ShareLinkTable>();
        services.AddSingleton<SharedLinks>();
    }
}
