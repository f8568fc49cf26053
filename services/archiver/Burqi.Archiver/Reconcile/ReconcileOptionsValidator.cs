using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Reconcile;

internal sealed class ReconcileOptionsValidator : IValidateOptions<ReconcileOptions>
{
    public ValidateOptionsResult Validate(string? name, ReconcileOptions options)
    {
        var errors = new List<string>(options.Unreadable);
        Positive(options.FirstWindow, nameof(options.FirstWindow));
        Positive(options.LongestCatchUp, nameof(options.LongestCatchUp));
        Positive(options.LongestWindow, nameof(options.LongestWindow));
        Positive(options.PollInterval, nameof(options.PollInterval));
        NotNegative(options.Interval, nameof(options.Interval));
        NotNegative(options.Overlap, nameof(options.Overlap));
        NotNegative(options.Grace, nameof(options.Grace));
        NotNegative(options.LongestRecording, nameof(options.LongestRecording));
        Between(options.PageSize, 1, 1000, nameof(options.PageSize));
        Between(options.MaxPages, 1, 1_000_000, nameof(options.MaxPages));
        Between(options.Attempts, 1, 100, nameof(options.Attempts));
        if (options.Overlap < options.Grace)
        {
            errors.Add($"{ReconcileOptions.Section}:Overlap is shorter than {ReconcileOptions.Section}:Grace: what one look leaves to the next would be in none.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Positive(TimeSpan value, string property)
        {
            if (value <= TimeSpan.Zero)
            {
                errors.Add($"{ReconcileOptions.Section}:{property} must be more than 0.");
            }
        }

        void NotNegative(TimeSpan value, string property)
        {
            if (value < TimeSpan.Zero)
            {
                errors.Add($"{ReconcileOptions.Section}:{property} must not be less than 0.");
            }
        }

        void Between(int value, int least, int most, string property)
        {
            if (value < least || value > most)
            {
                errors.Add($"{ReconcileOptions.Section}:{property} is {value}: give a number from {least} to {most}.");
            }
        }
    }
}
