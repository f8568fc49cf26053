using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources;

internal sealed class DownloadOptionsValidator : IValidateOptions<DownloadOptions>
{
    public ValidateOptionsResult Validate(string? name, DownloadOptions options)
    {
        var errors = new List<string>();
        Positive(options.AttemptTimeout, nameof(options.AttemptTimeout));
        Positive(options.RetryDelay, nameof(options.RetryDelay));
        Positive(options.BodyIdleTimeout, nameof(options.BodyIdleTimeout));
        if (options.TotalTimeout < options.AttemptTimeout)
        {
            errors.Add($"{DownloadOptions.Section}:TotalTimeout is shorter than {DownloadOptions.Section}:AttemptTimeout.");
        }

        if (options.Retries is < 1 or > 10)
        {
            errors.Add($"{DownloadOptions.Section}:Retries is {options.Retries}: give a number from 1 to 10.");
        }

        if (options.Resumes is < 0 or > 10)
        {
            errors.Add($"{DownloadOptions.Section}:Resumes is {options.Resumes}: give a number from 0 to 10.");
        }

        if (options.BreakerThroughput < 2)
        {
            errors.Add($"{DownloadOptions.Section}:BreakerThroughput is {options.BreakerThroughput}: give 2 or more.");
        }

        if (options.BreakDuration < TimeSpan.FromMilliseconds(500))
        {
            errors.Add($"{DownloadOptions.Section}:BreakDuration must be at least half a second.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Positive(TimeSpan value, string property)
        {
            if (value <= TimeSpan.Zero)
            {
                errors.Add($"{DownloadOptions.Section}:{property} must be more than 0.");
            }
        }
    }
}
