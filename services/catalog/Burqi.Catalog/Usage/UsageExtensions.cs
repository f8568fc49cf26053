using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Usage;

/// <summary>Registers what is about usage.</summary>
internal static class UsageExtensions
{
    public static void AddUsage(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<TariffOptions>, TariffOptionsValidator>();
        services.AddOptions<TariffOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                options.RecordingMinute = Price(configuration["TWILIO_PRICE_RECORDING_MINUTE"], options.RecordingMinute);
                options.StorageMinuteMonth = Price(configuration["TWILIO_PRICE_STORAGE_MINUTE_MONTH"], options.StorageMinuteMonth);
                options.FreeStorageMinutes = configuration["TWILIO_FREE_STORAGE_MINUTES"]?.Trim() is { Length: > 0 } free
                    ? long.TryParse(free, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ? minutes : null
                    : options.FreeStorageMinutes;
                options.Unit = configuration["TWILIO_PRICE_UNIT"]?.Trim() is { Length: > 0 } unit ? unit : options.Unit;
            })
            .ValidateOnStart();
        services.AddSingleton<UsageQuery>();
    }

    /// <summary>Null where something was given that is no price.</summary>
    private static decimal? Price(string? text, decimal? otherwise) => text?.Trim() is { Length: > 0 } given
        ? decimal.TryParse(given, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price) ? price : null
        : otherwise;
}
