using Microsoft.Extensions.Options;
using Npgsql;

namespace Burqi.Catalog;

internal sealed class CatalogOptionsValidator : IValidateOptions<CatalogOptions>
{
    /// <summary>Below this a key could be guessed over the network.</summary>
    public const int ShortestKey = 16;

    public ValidateOptionsResult Validate(string? name, CatalogOptions options)
    {
        var failures = new List<string>();
        if (options.DatabaseUrl.Length == 0)
        {
            failures.Add("BURQI_DATABASE_URL is missing: the catalog keeps calls and recordings in PostgreSQL.");
        }
        else if (!IsConnectionString(options.DatabaseUrl))
        {
            failures.Add("BURQI_DATABASE_URL is neither a postgres:// URL nor an Npgsql connection string with a Host.");
        }

        if (options.ApiKeys.Count == 0)
        {
            failures.Add("BURQI_API_KEYS is missing: without a key nobody could use the API.");
        }

        // By position, never by value: this text goes to the console.
        failures.AddRange(options.ApiKeys
            .Select((key, index) => (Key: key, Position: index + 1))
            .Where(entry => entry.Key.Length < ShortestKey || !entry.Key.All(IsTokenCharacter))
            .Select(entry => $"BURQI_API_KEYS holds a key (number {entry.Position}) that is shorter than {ShortestKey} characters or has characters that cannot be sent in a header."));

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsConnectionString(string value)
    {
        try
        {
            return !string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(value).Host);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsTokenCharacter(char character) => character is > ' ' and < '\x7f';
}
