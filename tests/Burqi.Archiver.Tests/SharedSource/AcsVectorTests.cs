using System.Text;
using System.Text.Json;
using Burqi.Acs;

namespace Burqi.Archiver.Tests.SharedSource;

/// <summary>What Microsoft's own libraries sign, computed by running them (Vectors/acs-hmac.json).</summary>
public sealed class AcsVectorTests
{
    private static readonly JsonElement Vectors = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "acs-hmac.json"))).RootElement;

    public static TheoryData<string> Names => [.. Vectors.GetProperty("hmac").EnumerateArray().Select(vector => Text(vector, "name")!)];

    public static TheoryData<string> ConnectionStrings => [.. Vectors.GetProperty("connectionStrings").EnumerateArray().Select(vector => Text(vector, "input")!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Signature_OfEveryVector_IsAsMicrosoftSigns(string name)
    {
        var vector = Vectors.GetProperty("hmac").EnumerateArray().Single(candidate => Text(candidate, "name") == name);
        var connection = AcsConnection.Parse(Text(vector, "connectionString")!);
        var now = DateTimeOffset.Parse(Text(vector, "nowUtc")!);
        using var request = new HttpRequestMessage(new HttpMethod(Text(vector, "method")!), Text(vector, "url"));

        switch (Text(vector, "kind"))
        {
            case "api":
                AcsSignature.Sign(request, connection, now, Encoding.UTF8.GetBytes(Text(vector, "body") ?? ""));
                break;
            case "recording-content":
                AcsSignature.SignForStorage(request, connection, now);
                break;
            case var kind:
                throw new InvalidOperationException($"A vector of kind {kind}.");
        }

        foreach (var expected in vector.GetProperty("expectedHeaders").EnumerateObject().Where(header => header.Name is not ("Host" or "Range")))
        {
            request.Headers.GetValues(expected.Name).ShouldHaveSingleItem().ShouldBe(expected.Value.GetString());
        }

        // The host is sent as the address says, also where another one is signed.
        request.RequestUri!.Authority.ShouldBe(Text(vector.GetProperty("expectedHeaders"), "Host"));
        connection.Host.ShouldBe(Text(vector, "signedHost") ?? request.RequestUri.Authority);
    }

    [Theory]
    [MemberData(nameof(ConnectionStrings))]
    public void Parse_ConnectionStringOfEveryVector_IsReadAsMicrosoftReadsIt(string text)
    {
        var read = Vectors.GetProperty("connectionStrings").EnumerateArray().Single(candidate => Text(candidate, "input") == text).GetProperty("nodeSdk");

        if (Text(read, "endpoint") is { } endpoint)
        {
            var connection = AcsConnection.Parse(text);
            connection.Endpoint.ShouldBe(new Uri(endpoint));
            connection.AccessKey.ShouldBe(Text(read, "accessKey"));
        }
        else if (text.StartsWith("accesskey", StringComparison.Ordinal))
        {
            // In the order that this library of Microsoft's does not know; others do.
            AcsConnection.Parse(text).Endpoint.Host.ShouldBe("x.communication.azure.com");
        }
        else
        {
            Should.Throw<FormatException>(() => AcsConnection.Parse(text));
        }
    }

    [Theory]
    [InlineData("endpoint=http://x.communication.azure.com/;accesskey=a2V5")]
    [InlineData("endpoint=https://x.communication.azure.com/path;accesskey=a2V5")]
    [InlineData("endpoint=https://x.communication.azure.com/?a=b;accesskey=a2V5")]
    [InlineData("endpoint=https://user@x.communication.azure.com/;accesskey=a2V5")]
    [InlineData("endpoint=https://x.communication.azure.com/;accesskey=not base64")]
    [InlineData("endpoint=https://x.communication.azure.com/;endpoint=https://y.communication.azure.com/;accesskey=a2V5")]
    [InlineData("endpoint=https://x.communication.azure.com/;a2V5")]
    public void Parse_SomethingElse_IsRefusedWithoutShowingTheKey(string text) =>
        Should.Throw<FormatException>(() => AcsConnection.Parse(text)).Message.ShouldNotContain("a2V5");

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
