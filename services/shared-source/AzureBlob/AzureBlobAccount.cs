namespace Burqi.AzureBlob;

/// <summary>A storage account: where its blob service answers, and what opens it.</summary>
/// <param name="Name">The account's name, which is part of what is signed.</param>
/// <param name="Endpoint">The blob service, without a slash at its end.</param>
/// <param name="Key">The account key, base64; null where something else opens it.</param>
/// <param name="Sas">A shared access signature: the query string that goes with every address, without its question mark.</param>
internal sealed record AzureBlobAccount(string Name, Uri Endpoint, string? Key, string? Sas)
{
    private const string EmulatorAccount = "devstoreaccount1";

    // The emulator's, published by Microsoft and the same everywhere: it protects nothing.
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>Neither a key nor a signature: the process signs in as who it is.</summary>
    public bool NeedsIdentity => Key is null && Sas is null;

    /// <summary>An account of Azure's public cloud.</summary>
    public static AzureBlobAccount Of(string name, string? key) => new(name, new Uri($"https://{name}.blob.core.windows.net"), key, Sas: null);

    /// <summary>
    /// Reads a connection string: <c>Name=Value</c> pairs with semicolons between them, names in any case. Values may hold further equal
    /// signs, keys end with them.
    /// </summary>
    /// <exception cref="FormatException">It is none; the message goes on after the variable's name and shows no value.</exception>
    public static AzureBlobAccount Parse(string connectionString)
    {
        var parts = Split(connectionString);
        if (parts.TryGetValue("UseDevelopmentStorage", out var emulator) && bool.TryParse(emulator, out var useEmulator) && useEmulator)
        {
            return new AzureBlobAccount(EmulatorAccount, new Uri($"http://127.0.0.1:10000/{EmulatorAccount}"), EmulatorKey, Sas: null);
        }

        var name = parts.GetValueOrDefault("AccountName");
        var key = parts.GetValueOrDefault("AccountKey");
        var sas = parts.GetValueOrDefault("SharedAccessSignature")?.TrimStart('?');
        if (key is not null && sas is not null)
        {
            throw new FormatException("holds both an AccountKey and a SharedAccessSignature: give one of them.");
        }

        // An address alone is for whoever signs in as who they are, and is not in Azure's public cloud.
        if (key is null && sas is null && !parts.ContainsKey("BlobEndpoint"))
        {
            throw new FormatException("holds neither an AccountKey nor a SharedAccessSignature.");
        }

        if (key is not null && (name is null || !IsKey(key)))
        {
            throw new FormatException(name is null ? "holds an AccountKey and no AccountName." : "holds an AccountKey that is not base64.");
        }

        if (sas is not null && !sas.Contains("sig=", StringComparison.Ordinal))
        {
            throw new FormatException("holds a SharedAccessSignature without its signature (sig=).");
        }

        var endpoint = ReadEndpoint(parts, name);
        if (key is null && sas is null && endpoint.Scheme != Uri.UriSchemeHttps)
        {
            throw new FormatException("holds neither an AccountKey nor a SharedAccessSignature, and an identity is only shown to an https address.");
        }

        // Emulators and gateways have the account as the first part of the path.
        var path = endpoint.AbsolutePath.Trim('/');
        return new AzureBlobAccount(name ?? (path.Length > 0 ? path : endpoint.Host.Split('.')[0]), endpoint, key, sas);
    }

    /// <summary>Whether a value can be an account key.</summary>
    public static bool IsKey(string value) => value.Length > 0 && Convert.TryFromBase64String(value, new byte[value.Length], out _);

    private static Dictionary<string, string> Split(string connectionString)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !parts.TryAdd(part[..equals].Trim(), part[(equals + 1)..].Trim()))
            {
                throw new FormatException(equals <= 0 ? "is not a list of Name=Value pairs with semicolons between them." : "names one of its parts twice.");
            }
        }

        return parts.Where(part => part.Value.Length > 0).ToDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static Uri ReadEndpoint(Dictionary<string, string> parts, string? name)
    {
        if (!parts.TryGetValue("BlobEndpoint", out var address))
        {
            address = name is null
                ? throw new FormatException("holds neither an AccountName nor a BlobEndpoint.")
                : $"{parts.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://{name}.blob.{parts.GetValueOrDefault("EndpointSuffix", "core.windows.net")}";
        }

        return Uri.TryCreate(address.TrimEnd('/'), UriKind.Absolute, out var endpoint)
            && (endpoint.Scheme == Uri.UriSchemeHttps || endpoint.Scheme == Uri.UriSchemeHttp)
            && endpoint.Query.Length == 0
            ? endpoint
            : throw new FormatException("names a blob service that is not an http or https address.");
    }
}
