namespace Burqi.Catalog;

/// <summary>Catalog's settings, from the environment variables each names.</summary>
internal sealed class CatalogOptions
{
    /// <summary><c>BURQI_DATABASE_URL</c>: an Npgsql connection string (hosting turns a <c>postgres://</c> URL into one). Required.</summary>
    public string DatabaseUrl { get; set; } = "";

    /// <summary><c>BURQI_API_KEYS</c>: the keys that open the API, separated by commas. At least one; each of at least 16 characters.</summary>
    public IReadOnlyList<string> ApiKeys { get; set; } = [];
}
