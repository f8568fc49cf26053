using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Burqi.AzureBlob;

/// <summary>Which container holds the recordings and what opens it, as the environment says. Read where <c>BURQI_STORE</c> is <c>azure</c>.</summary>
internal sealed partial record AzureBlobSettings
{
    /// <summary><c>AZURE_STORAGE_CONTAINER</c>: the container, which must exist. Required.</summary>
    public string? Container { get; init; }

    /// <summary><c>AZURE_STORAGE_CONNECTION_STRING</c>: the account and what opens it, in one value.</summary>
    public string? ConnectionString { get; init; }

    /// <summary><c>AZURE_STORAGE_ACCOUNT</c>: the account's name. Required where there is no connection string.</summary>
    public string? Account { get; init; }

    /// <summary><c>AZURE_STORAGE_ACCOUNT_KEY</c>. Without it and a connection string the process signs in by its managed or workload identity.</summary>
    public string? AccountKey { get; init; }

    public static AzureBlobSettings Read(IConfiguration configuration)
    {
        return new AzureBlobSettings
        {
            Container = Value("AZURE_STORAGE_CONTAINER"),
            ConnectionString = Value("AZURE_STORAGE_CONNECTION_STRING"),
            Account = Value("AZURE_STORAGE_ACCOUNT"),
            AccountKey = Value("AZURE_STORAGE_ACCOUNT_KEY"),
        };

        string? Value(string name) => string.IsNullOrWhiteSpace(configuration[name]) ? null : configuration[name]!.Trim();
    }

    /// <summary>What is missing or contradictory, a sentence for each; none shows a secret.</summary>
    public IEnumerable<string> Problems()
    {
        if (Container is null)
        {
            yield return "AZURE_STORAGE_CONTAINER is missing: BURQI_STORE=azure needs the container that keeps the recordings.";
        }
        else if (!ContainerPattern().IsMatch(Container))
        {
            yield return $"AZURE_STORAGE_CONTAINER is '{Container}': a container's name has 3 to 63 lower-case letters, digits and single hyphens between them.";
        }

        foreach (var problem in ConnectionString is null ? AccountProblems() : ConnectionStringProblems())
        {
            yield return problem;
        }
    }

    /// <summary>The account of settings without <see cref="Problems"/>.</summary>
    public AzureBlobAccount ToAccount() =>
        ConnectionString is null ? AzureBlobAccount.Of(Account!, AccountKey) : AzureBlobAccount.Parse(ConnectionString);

    private IEnumerable<string> AccountProblems()
    {
        if (Account is null)
        {
            yield return "AZURE_STORAGE_ACCOUNT is missing: BURQI_STORE=azure needs the account's name (or AZURE_STORAGE_CONNECTION_STRING says all of it).";
        }
        else if (!AccountPattern().IsMatch(Account))
        {
            yield return $"AZURE_STORAGE_ACCOUNT is '{Account}': an account's name has 3 to 24 lower-case letters and digits.";
        }

        if (AccountKey is not null && !AzureBlobAccount.IsKey(AccountKey))
        {
            yield return "AZURE_STORAGE_ACCOUNT_KEY is not an account key: it is base64, as the portal shows it under Access keys.";
        }
    }

    private IEnumerable<string> ConnectionStringProblems()
    {
        AzureBlobAccount? account = null;
        string? problem = null;
        try
        {
            account = AzureBlobAccount.Parse(ConnectionString!);
        }
        catch (FormatException exception)
        {
            problem = $"AZURE_STORAGE_CONNECTION_STRING {exception.Message}";
        }

        if (problem is not null)
        {
            yield return problem;
        }

        if (account is not null && Account is not null && Account != account.Name)
        {
            yield return "AZURE_STORAGE_ACCOUNT names another account than AZURE_STORAGE_CONNECTION_STRING: give one of them.";
        }

        if (account is not null && AccountKey is not null && AccountKey != account.Key)
        {
            yield return "AZURE_STORAGE_ACCOUNT_KEY is not what opens the account in AZURE_STORAGE_CONNECTION_STRING: give one of them.";
        }
    }

    [GeneratedRegex(@"\A(?=.{3,63}\z)[a-z0-9]+(?:-[a-z0-9]+)*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ContainerPattern();

    [GeneratedRegex(@"\A[a-z0-9]{3,24}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AccountPattern();
}
