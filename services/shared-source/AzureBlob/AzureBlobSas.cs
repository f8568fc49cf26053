using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Burqi.AzureBlob;

/// <summary>
/// A shared access signature that lets its holder read one blob for a while, with the headers that the answer is to have
/// (https://learn.microsoft.com/rest/api/storageservices/create-service-sas and create-user-delegation-sas).
/// </summary>
internal sealed record AzureBlobSas
{
    private const string Read = "r";
    private const string OfOneBlob = "b";

    public required string Account { get; init; }

    public required string Container { get; init; }

    /// <summary>The blob's name, not encoded.</summary>
    public required string Blob { get; init; }

    public required DateTimeOffset ExpiresOn { get; init; }

    /// <summary>Whether it is for https only.</summary>
    public required bool HttpsOnly { get; init; }

    /// <summary>The version of the interface it is for; what is signed is that of 2020-12-06 up to 2025-05-05.</summary>
    public required string Version { get; init; }

    public string? CacheControl { get; init; }

    public string? ContentDisposition { get; init; }

    public string? ContentType { get; init; }

    private string Protocol => HttpsOnly ? "https" : "";

    private string Resource => $"/blob/{Account}/{Container}/{Blob}";

    // Snapshot, encryption scope; the answer's headers, of which encoding and language are nobody's.
    private string[] Rest => ["", Protocol, Version, OfOneBlob, "", "", CacheControl ?? "", ContentDisposition ?? "", "", "", ContentType ?? ""];

    /// <summary>The query string of a signature by the account's key, base64.</summary>
    public string Sign(string accountKey) =>
        ToQuery([], Signature(accountKey, [Read, "", Time(ExpiresOn), Resource, "", .. Rest]));

    /// <summary>The query string of a signature by a key that the service gave out to an identity, whose rights it carries.</summary>
    public string Sign(AzureDelegationKey key)
    {
        var (starts, expires) = (Time(key.StartsOn), Time(key.ExpiresOn));
        var signature = Signature(
            key.Value,
            [Read, "", Time(ExpiresOn), Resource, key.ObjectId, key.TenantId, starts, expires, key.Service, key.Version, "", "", "", .. Rest]);
        return ToQuery(
            [("skoid", key.ObjectId), ("sktid", key.TenantId), ("skt", starts), ("ske", expires), ("sks", key.Service), ("skv", key.Version)], signature);
    }

    private static string Signature(string key, string[] lines) =>
        Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(string.Join('\n', lines))));

    private string ToQuery((string Name, string? Value)[] key, string signature)
    {
        (string Name, string? Value)[] parameters =
        [
            ("sv", Version),
            ("spr", HttpsOnly ? Protocol : null),
            ("se", Time(ExpiresOn)),
            .. key,
            ("sr", OfOneBlob),
            ("sp", Read),
            ("rscc", CacheControl),
            ("rscd", ContentDisposition),
            ("rsct", ContentType),
            ("sig", signature),
        ];
        return string.Join('&', parameters.Where(parameter => parameter.Value is not null).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value!)}"));
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>A key that the blob service gave out to an identity, to sign with in its name.</summary>
internal sealed record AzureDelegationKey(
    string ObjectId, string TenantId, DateTimeOffset StartsOn, DateTimeOffset ExpiresOn, string Service, string Version, string Value);
