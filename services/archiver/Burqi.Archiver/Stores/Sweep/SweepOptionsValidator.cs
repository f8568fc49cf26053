using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.Sweep;

internal sealed class SweepOptionsValidator : IValidateOptions<SweepOptions>
{
    public ValidateOptionsResult Validate(string? name, SweepOptions options)
    {
        var errors = new List<string>(options.Unreadable);
        if (options.Interval <= TimeSpan.Zero)
        {
            errors.Add($"{SweepOptions.Section}:Interval must be more than 0.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
