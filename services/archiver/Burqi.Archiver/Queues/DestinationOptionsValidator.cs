using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Queues;

internal sealed class DestinationOptionsValidator : IValidateOptions<DestinationOptions>
{
    // What the breaker itself asks for.
    private static readonly TimeSpan ShortestBreak = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, DestinationOptions options)
    {
        var errors = new List<string>(options.Unreadable);
        if (options.MaxPerDestination is < 1 or > ArchiverOptions.MaxWorkers)
        {
            errors.Add($"{DestinationOptions.Section}:MaxPerDestination is {options.MaxPerDestination}: give a number from 1 to {ArchiverOptions.MaxWorkers}.");
        }

        if (options.Attempts < 2)
        {
            errors.Add($"{DestinationOptions.Section}:Attempts is {options.Attempts}: give 2 or more.");
        }

        InRange(options.Sampling, nameof(options.Sampling));
        InRange(options.Break, nameof(options.Break));
        InRange(options.LongestBreak, nameof(options.LongestBreak));
        if (options.LongestBreak < options.Break)
        {
            errors.Add($"{DestinationOptions.Section}:LongestBreak is shorter than {DestinationOptions.Section}:Break.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void InRange(TimeSpan value, string property)
        {
            if (value < ShortestBreak || value > LongestTime)
            {
                errors.Add($"{DestinationOptions.Section}:{property} must be from half a second to a day.");
            }
        }
    }
}
