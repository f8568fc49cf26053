using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.Twilio;

internal static class TwilioSourceExtensions
{
    public static IServiceCollection AddTwilioSource(this IServiceCollection services)
    {
        services.AddOptions<TwilioSourceOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                configuration.GetSection(TwilioSourceOptions.Section).Bind(options);
                options.AccountSid = configuration["TWILIO_ACCOUNT_SID"]?.Trim() ?? options.AccountSid;
                options.AuthToken = configuration["TWILIO_AUTH_TOKEN"]?.Trim() ?? options.AuthToken;
                options.ApiKey = configuration["TWILIO_API_KEY"]?.Trim() ?? options.ApiKey;
                options.ApiSecret = configuration["TWILIO_API_SECRET"]?.Trim() ?? options.ApiSecret;
                options.ApiBaseUrl = configuration["TWILIO_API_BASE_URL"]?.Trim() ?? options.ApiBaseUrl;
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<TwilioSourceOptions>, TwilioSourceOptionsValidator>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRecordingSource, TwilioRecordingSource>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IProviderSource, TwilioProviderSource>());
        return services;
    }
}
