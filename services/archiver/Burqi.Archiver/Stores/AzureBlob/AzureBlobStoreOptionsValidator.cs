using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.AzureBlob;

internal sealed partial class AzureBlobStoreOptionsValidator : IValidateOptions<AzureBlobStoreOptions>
{
    private const int SmallestBlock = 1024 * 1024;
    private const int LargestBlock = 512 * 1024 * 1024;
    private const int MostRetries = 10;

    public ValidateOptionsResult Validate(string? name, AzureBlobStoreOptions options)
    {
        if (!options.Enabled)
        {
            return ValidateOptionsResult.Skip;
        }

        var errors = new List<string>(options.Azure.Problems());
        if (options.EncryptionScope.Length > 0 && !ScopePattern().IsMatch(options.EncryptionScope))
        {
            errors.Add("BURQI_AZURE_ENCRYPTION_SCOPE is not the name of an encryption scope: 3 to 63 letters, digits, '.', '-' and '_'.");
        }

        if (options.BlockSize is < SmallestBlock or > LargestBlock)
        {
            errors.Add($"{AzureBlobStoreOptions.Section}:BlockSize is {options.BlockSize}: give from {SmallestBlock} to {LargestBlock} bytes.");
        }

        if (options.Retries is < 0 or > MostRetries)
        {
            errors.Add($"{AzureBlobStoreOptions.Section}:Retries is {options.Retries}: give a number from 0 to {MostRetries}.");
        }

        Positive(options.RequestTimeout, nameof(options.RequestTimeout));
        Positive(options.RetryDelay, nameof(options.RetryDelay));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Positive(TimeSpan value, string property)
        {
            if (value <= TimeSpan.Zero)
            {
                errors.Add($"{AzureBlobStoreOptions.Section}:{property} must be more than 0.");
            }
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{3,63}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ScopePattern();
}
