using System.Data.Common;

namespace Burqi.Hosting.Options;

/// <summary>Turns a <c>postgres://user:password@host:port/database?…</c> URL into the connection string that Npgsql reads.</summary>
internal static class DatabaseUrl
{
    // libpq's names for a URL's parameters, and Npgsql's for the same things.
    private static readonly Dictionary<string, string> Keywords = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["application_name"] = "Application Name",
        ["connect_timeout"] = "Timeout",
        ["options"] = "Options",
        ["target_session_attrs"] = "Target Session Attributes",
        ["channel_binding"] = "Channel Binding",
    };

    public static bool IsUrl(string value) =>
        value.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || value.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    /// <summary>The connection string; or null and a sentence that says what is wrong and repeats no secret.</summary>
    public static string? Convert(string name, string url, out string? error)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            error = $"{name} is not a usable URL: it must read postgres://user:password@host:port/database, with special characters of the password percent-encoded.";
            return null;
        }

        var connection = new DbConnectionStringBuilder { ["Host"] = uri.IdnHost };
        if (!uri.IsDefaultPort)
        {
            connection["Port"] = uri.Port;
        }

        var credentials = uri.UserInfo.Split(':', 2);
        if (credentials[0].Length > 0)
        {
            connection["Username"] = Uri.UnescapeDataString(credentials[0]);
        }

        if (credentials.Length == 2)
        {
            connection["Password"] = Uri.UnescapeDataString(credentials[1]);
        }

        if (uri.AbsolutePath.Trim('/') is { Length: > 0 } database)
        {
            connection["Database"] = Uri.UnescapeDataString(database);
        }

        foreach (var parameter in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = parameter.Split('=', 2);
            if (!Keywords.TryGetValue(pair[0], out var keyword) || pair.Length < 2)
            {
                error = $"{name} has the parameter '{pair[0]}', which is not known: known are {string.Join(", ", Keywords.Keys)}; anything else can be set by an Npgsql connection string.";
                return null;
            }

            // libpq writes verify-full, Npgsql VerifyFull.
            var value = Uri.UnescapeDataString(pair[1]);
            connection[keyword] = keyword == "SSL Mode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }

        error = null;
        return connection.ConnectionString;
    }
}
