using Burqi.Twilio;
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
                options.Credentials = TwilioCredentials.Read(name => configuration[name]);
                options.ChannelMap = configuration[TwilioChannelMap.Variable] is { } map ? TwilioChannelMap.Parse(map, options.Unreadable) : options.ChannelMap;
                options.ApiBaseUrl = configuration["TWILIO_API_BASE_URL"]?.Trim() ?? options.ApiBaseUrl;
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<TwilioSourceOptions>, TwilioSourceOptionsValidator>();
        services.AddSingleton<TwilioSignIn>();
        services.AddSingleton<TwilioMetadata>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRecordingSource, TwilioRecordingSource>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IProviderSource, TwilioProviderSource>());
        return services;
    }
}
