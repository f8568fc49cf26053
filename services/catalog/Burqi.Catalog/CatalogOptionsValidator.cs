using Burqi.Access;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Burqi.Catalog;

internal sealed class CatalogOptionsValidator : IValidateOptions<CatalogOptions>
{
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

        failures.AddRange(options.Unreadable);
        failures.AddRange(ApiKeys.Objections(options.ApiKeys));
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
}
