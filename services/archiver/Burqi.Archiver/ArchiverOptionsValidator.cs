using Burqi.Access;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Burqi.Archiver;

internal sealed class ArchiverOptionsValidator : IValidateOptions<ArchiverOptions>
{
    public ValidateOptionsResult Validate(string? name, ArchiverOptions options)
    {
        var errors = new List<string>();

        if (string.IsNullOrWhiteSpace(options.DatabaseUrl))
        {
            errors.Add("BURQI_DATABASE_URL is missing: the archiver keeps its jobs in PostgreSQL (postgres://user:password@host/database).");
        }
        else if (!IsConnectionString(options.DatabaseUrl))
        {
            errors.Add("BURQI_DATABASE_URL is neither a postgres:// URL nor an Npgsql connection string.");
        }

        if (options.Store is not (StoreNames.Disk or StoreNames.S3 or StoreNames.Azure))
        {
            errors.Add($"BURQI_STORE is '{options.Store}': use disk, s3 or azure.");
        }

        if (options.FallbackStore is not (null or StoreNames.Disk or StoreNames.S3 or StoreNames.Azure))
        {
            errors.Add($"BURQI_FALLBACK_STORE is '{options.FallbackStore}': use disk, s3 or azure, or leave it out.");
        }
        else if (options.FallbackStore == options.Store)
        {
            errors.Add($"BURQI_FALLBACK_STORE is '{options.FallbackStore}', as BURQI_STORE is: a fallback is a store of another kind.");
        }

        errors.AddRange(options.Unreadable);
        errors.AddRange(ApiKeys.Objections(options.ApiKeys));
        if (options.Workers is < 1 or > ArchiverOptions.MaxWorkers)
        {
            errors.Add($"{ArchiverOptions.Section}:Workers is {options.Workers}: give a number from 1 to {ArchiverOptions.MaxWorkers}.");
        }

        Positive(options.GiveUpAfter, nameof(options.GiveUpAfter));
        Positive(options.LeaseDuration, nameof(options.LeaseDuration));
        Positive(options.PollInterval, nameof(options.PollInterval));
        Positive(options.RetryBaseDelay, nameof(options.RetryBaseDelay));
        Positive(options.MissingFileGrace, nameof(options.MissingFileGrace));
        Positive(options.RepeatAnnouncementsWithin, nameof(options.RepeatAnnouncementsWithin));
        Positive(options.OldestJobLimit, nameof(options.OldestJobLimit));
        if (options.RetryMaxDelay < options.RetryBaseDelay)
        {
            errors.Add($"{ArchiverOptions.Section}:RetryMaxDelay is shorter than {ArchiverOptions.Section}:RetryBaseDelay.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Positive(TimeSpan value, string property)
        {
            if (value <= TimeSpan.Zero)
            {
                errors.Add($"{ArchiverOptions.Section}:{property} must be more than 0.");
            }
        }
    }

    private static bool IsConnectionString(string value)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(new NpgsqlConnectionStringBuilder(value).Host);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
