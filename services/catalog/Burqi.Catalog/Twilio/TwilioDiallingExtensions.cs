using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Twilio;

/// <summary>Registers and maps what lets a browser place calls.</summary>
internal static class TwilioDiallingExtensions
{
    public static void AddTwilioDialling(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<TwilioDiallingOptions>, TwilioDiallingOptionsValidator>();
        services.AddOptions<TwilioDiallingOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                options.AccountSid = configuration[TwilioDiallingOptions.AccountSidVariable]?.Trim() ?? "";
                options.ApiKey = configuration[TwilioDiallingOptions.ApiKeyVariable]?.Trim() ?? "";
                options.ApiSecret = configuration[TwilioDiallingOptions.ApiSecretVariable]?.Trim() ?? "";
                options.AppSid = configuration[TwilioDiallingOptions.AppSidVariable]?.Trim() ?? "";
            })
            .ValidateOnStart();
        services.AddSingleton<TwilioTokenEndpoint>();
    }

    public static void MapTwilioDialling(this IEndpointRouteBuilder routes) => TwilioTokenEndpoint.Map(routes);
}
