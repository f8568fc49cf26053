using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.Fallback;

internal sealed class FallbackOptionsValidator : IValidateOptions<FallbackOptions>
{
    public ValidateOptionsResult Validate(string? name, FallbackOptions options)
    {
        var errors = new List<string>(options.Unreadable);
        Positive(options.After, nameof(options.After));
        Positive(options.KeepMoved, nameof(options.KeepMoved));
        Positive(options.WatchInterval, nameof(options.WatchInterval));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Positive(TimeSpan value, string property)
        {
            if (value <= TimeSpan.Zero)
            {
                errors.Add($"{FallbackOptions.Section}:{property} must be more than 0.");
            }
        }
    }
}
