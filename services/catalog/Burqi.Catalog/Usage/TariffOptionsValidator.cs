using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Usage;

internal sealed class TariffOptionsValidator : IValidateOptions<TariffOptions>
{
    public ValidateOptionsResult Validate(string? name, TariffOptions options)
    {
        var failures = new List<string>();
        if (options.RecordingMinute is not >= 0)
        {
            failures.Add("TWILIO_PRICE_RECORDING_MINUTE is not a price such as 0.0025.");
        }

        if (options.StorageMinuteMonth is not >= 0)
        {
            failures.Add("TWILIO_PRICE_STORAGE_MINUTE_MONTH is not a price such as 0.0005.");
        }

        if (options.FreeStorageMinutes is not >= 0)
        {
            failures.Add("TWILIO_FREE_STORAGE_MINUTES is not a whole number of minutes such as 10000.");
        }

        if (options.Unit is not { Length: 3 } || !options.Unit.All(char.IsAsciiLetterUpper))
        {
            failures.Add("TWILIO_PRICE_UNIT is not a currency of three capital letters such as USD.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
