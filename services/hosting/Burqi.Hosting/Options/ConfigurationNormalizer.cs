using Microsoft.Extensions.Configuration;

namespace Burqi.Hosting.Options;

/// <summary>
/// Lays the house's reading over the configuration: a blank value counts as unset, and <c>BURQI_DATABASE_URL</c> given as a URL
/// becomes a connection string under the same name.
/// </summary>
internal static class ConfigurationNormalizer
{
    public const string DatabaseUrlName = "BURQI_DATABASE_URL";

    // Levels a host can change in its own appsettings.json or environment. ASP.NET Core's own information lines hold whole query strings.
    private static readonly Dictionary<string, string?> Defaults = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Microsoft.Extensions.Http"] = "Warning",
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
        ["Logging:LogLevel:MassTransit"] = "Warning",
    };

    /// <summary>Adds the overlay as the last source.</summary>
    /// <returns>One sentence for each value that could not be read.</returns>
    public static IReadOnlyList<string> Normalize(IConfigurationManager configuration)
    {
        configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = Defaults });

        var errors = new List<string>();
        var overlay = configuration.AsEnumerable()
            .Where(setting => setting.Value is not null && string.IsNullOrWhiteSpace(setting.Value))
            .ToDictionary(setting => setting.Key, _ => (string?)null, StringComparer.OrdinalIgnoreCase);

        if (configuration[DatabaseUrlName]?.Trim() is { Length: > 0 } url && DatabaseUrl.IsUrl(url))
        {
            var connection = DatabaseUrl.Convert(DatabaseUrlName, url, out var error);
            if (error is not null)
            {
                errors.Add(error);
            }

            overlay[DatabaseUrlName] = connection ?? url;
        }

        configuration.AddInMemoryCollection(overlay);
        return errors;
    }
}
