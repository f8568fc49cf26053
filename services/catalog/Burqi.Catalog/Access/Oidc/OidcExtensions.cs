using Burqi.Access;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Access.Oidc;

internal static class OidcExtensions
{
    public static void AddOidc(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<OidcOptions>, OidcOptionsValidator>();
        services.AddOptions<OidcOptions>()
            .Configure<IConfiguration>((options, configuration) => options.Read(configuration))
            .ValidateOnStart();
        services.AddHttpClient(OidcKeys.ClientName, client =>
        {
            client.Timeout = OidcKeys.FetchTimeout;
            client.MaxResponseContentBufferSize = OidcKeys.LargestAnswer;
        }).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        services.AddSingleton<OidcKeys>();
        services.AddSingleton<ICallerSource, OidcTokens>();
    }
}
