using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Burqi.Testing;

/// <summary>A shared access signature of Azure Storage as its owner makes one (https://learn.microsoft.com/rest/api/storageservices/create-service-sas).</summary>
public sealed record AzureSas
{
    // What is signed is in the order of the permissions' own letters, whatever the order they are asked for in.
    private const string ServicePermissions = "racwdxyltmei";
    private const string AccountPermissions = "rwdxylacupt";

    // The first version that signs the encryption scope too.
    private const string FirstWithScope = "2020-12-06";

    public required string Account { get; init; }

    public required string Permissions { get; init; }

    public required DateTimeOffset ExpiresOn { get; init; }

    public DateTimeOffset? StartsOn { get; init; }

    /// <summary>The container it is good for; null for the whole account.</summary>
    public string? Container { get; init; }

    /// <summary>The blob it is good for; null for all of the container.</summary>
    public string? Blob { get; init; }

    /// <summary><c>https</c> to refuse plain http.</summary>
    public string? Protocol { get; init; }

    /// <summary>The address, or <c>first-last</c>, it is good from.</summary>
    public string? IpRange { get; init; }

    public string? ContentDisposition { get; init; }

    public string? ContentType { get; init; }

    public string Version { get; init; } = "2021-12-02";

    /// <summary>Of an account's: which services and which of their resources.</summary>
    public string Services { get; init; } = "b";

    /// <inheritdoc cref="Services"/>
    public string ResourceTypes { get; init; } = "sco";

    private string Letters => string.Concat((Container is null ? AccountPermissions : ServicePermissions).Where(Permissions.Contains));

    private string Resource => Blob is null ? "c" : "b";

    private bool HasScope => string.CompareOrdinal(Version, FirstWithScope) >= 0;

    public string StringToSign()
    {
        string[] scope = HasScope ? [""] : [];
        string[] lines = Container is null
            ? [Account, Letters, Services, ResourceTypes, Time(StartsOn), Time(ExpiresOn), IpRange ?? "", Protocol ?? "", Version, .. scope, ""]
            :
            [
                Letters, Time(StartsOn), Time(ExpiresOn), $"/blob/{Account}/{Container}{(Blob is null ? "" : "/" + Blob)}", "", IpRange ?? "", Protocol ?? "",
                Version, Resource, "", .. scope, "", ContentDisposition ?? "", "", "", ContentType ?? "",
            ];
        return string.Join('\n', lines);
    }

    /// <summary>The query string, without a question mark.</summary>
    /// <param name="key">The account's key, base64.</param>
    public string ToQuery(string key)
    {
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(StringToSign())));
        (string Name, string? Value)[] parameters =
        [
            ("sv", Version),
            ("ss", Container is null ? Services : null),
            ("srt", Container is null ? ResourceTypes : null),
            ("spr", Protocol),
            ("st", StartsOn is null ? null : Time(StartsOn)),
            ("se", Time(ExpiresOn)),
            ("sip", IpRange),
            ("sr", Container is null ? null : Resource),
            ("sp", Letters),
            ("rscd", ContentDisposition),
            ("rsct", ContentType),
            ("sig", signature),
        ];
        return string.Join('&', parameters.Where(parameter => parameter.Value is not null).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value!)}"));
    }

    private static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
