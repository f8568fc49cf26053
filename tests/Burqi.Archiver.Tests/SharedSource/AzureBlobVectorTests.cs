using System.Text.Json;
using Burqi.AzureBlob;
using Burqi.Testing;

namespace Burqi.Archiver.Tests.SharedSource;

/// <summary>What Microsoft's own library signs, computed by running it (Vectors/azure-blob.json).</summary>
public sealed class AzureBlobVectorTests
{
    private static readonly JsonElement Vectors = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "azure-blob.json"))).RootElement;

    public static TheoryData<string> SharedKeyNames => Names("sharedKey");

    public static TheoryData<string> SasNames => Names("sas");

    [Theory]
    [MemberData(nameof(SharedKeyNames))]
    public void SharedKey_OfEveryVector_IsAsMicrosoftSigns(string name)
    {
        var vector = Find("sharedKey", name);
        var account = Text(vector, "account")!;
        var headers = vector.GetProperty("headers").EnumerateObject().Select(header => KeyValuePair.Create(header.Name, header.Value.GetString()!)).ToArray();

        var stringToSign = SharedKeySignature.StringToSign(account, Text(vector, "method")!, new Uri(Text(vector, "url")!), headers);

        stringToSign.ShouldBe(Text(vector, "stringToSign"));
        SharedKeySignature.Authorization(account, Text(vector, "accountKeyBase64")!, stringToSign).ShouldBe(Text(vector, "expectedAuthorization"));
    }

    [Theory]
    [MemberData(nameof(SharedKeyNames))]
    public void AddressOf_BlobOfEveryVector_IsTheVectors(string name)
    {
        var url = new Uri(Text(Find("sharedKey", name), "url")!);
        var isPathStyle = url.Host == "127.0.0.1";
        var path = url.AbsolutePath.Split('/', isPathStyle ? 4 : 3);
        if (path.Length < (isPathStyle ? 4 : 3))
        {
            return; // a request for the container: nothing of ours makes one
        }

        var account = new AzureBlobAccount("any", new Uri(url.GetLeftPart(UriPartial.Authority) + (isPathStyle ? "/" + path[1] : "")), "a2V5", Sas: null);
        using var client = new AzureBlobClient(account, path[^2], new AzureBlobClientOptions(), TimeProvider.System);

        client.AddressOf(Uri.UnescapeDataString(path[^1])).AbsoluteUri.ShouldBe(url.GetLeftPart(UriPartial.Path));
    }

    [Theory]
    [MemberData(nameof(SasNames))]
    public void Sas_OfEveryVector_IsAsMicrosoftSigns(string name)
    {
        var vector = Find("sas", name);
        var sas = new AzureSas
        {
            Account = Text(vector, "account")!,
            Container = Text(vector, "containerName"),
            Blob = Text(vector, "blobName"),
            Permissions = Text(vector, "permissions")!,
            StartsOn = Text(vector, "startsOn") is { } starts ? DateTimeOffset.Parse(starts) : null,
            ExpiresOn = DateTimeOffset.Parse(Text(vector, "expiresOn")!),
            Protocol = Text(vector, "protocol"),
            IpRange = vector.GetProperty("ip") is { ValueKind: JsonValueKind.Object } ip ? $"{Text(ip, "start")}-{Text(ip, "end")}" : null,
            ContentDisposition = Text(vector, "contentDisposition"),
            ContentType = Text(vector, "contentType"),
            Version = Text(vector, "version")!,
            Services = Text(vector, "services") ?? "b",
            ResourceTypes = Text(vector, "resourceTypes") ?? "sco",
        };

        sas.StringToSign().ShouldBe(Text(vector, "stringToSign"));
        sas.ToQuery(Text(vector, "accountKeyBase64")!).ShouldBe(Text(vector, "expectedQuery"));
    }

    private static TheoryData<string> Names(string section) => [.. Vectors.GetProperty(section).EnumerateArray().Select(vector => Text(vector, "name")!)];

    private static JsonElement Find(string section, string name) => Vectors.GetProperty(section).EnumerateArray().Single(vector => Text(vector, "name") == name);

    private static string? Text(JsonElement element, string property) => element.TryGetProperty(property, out var value) ? value.GetString() : null;
}
