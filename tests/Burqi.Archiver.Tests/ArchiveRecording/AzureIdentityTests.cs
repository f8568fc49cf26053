using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Tests.ArchiveRecording;

/// <summary>The archiver without any secret of the account's: it signs in as who it is, by the managed identity of the machine it runs on.</summary>
public sealed class AzureIdentityTests : ArchiverProcessTest
{
    [Fact]
    public async Task Store_OpenedByAManagedIdentity_TakesObjects()
    {
        var (certificate, key) = await MakeCertificateAsync();
        await using var server = await AzureBlobServer.StartWithTokensAsync(certificate, key);
        var container = await server.CreateContainerAsync();
        Peer.Answers["/identity"] = async (context, _) =>
        {
            context.Request.Headers["X-IDENTITY-HEADER"].ToString().ShouldBe("of-this-machine");
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsJsonAsync(new Dictionary<string, string>
            {
                ["access_token"] = Token(now),
                ["expires_on"] = (now + 3600).ToString(),
                ["resource"] = "https://storage.azure.com",
                ["token_type"] = "Bearer",
            });
        };
        Settings["BURQI_STORE"] = "azure";
        Settings["AZURE_STORAGE_CONTAINER"] = container;
        Settings["AZURE_STORAGE_CONNECTION_STRING"] = $"BlobEndpoint={server.Endpoint}";
        Settings["IDENTITY_ENDPOINT"] = $"{Peer.BaseUrl}/identity";
        Settings["IDENTITY_HEADER"] = "of-this-machine";
        Settings["SSL_CERT_FILE"] = certificate;
        var content = Wav.Create(1000);
        var message = Captured(content);
        Peer.Serve(ContentPath(message.RecordingId), content);

        await AddAsync(message);
        await using var archiver = await ArchiverProcess.StartAsync(Settings);
        var job = await Eventually.ReturnsAsync(
            async () => await JobAsync(message.RecordingId) is { } found && (found.Status == JobStatuses.Completed || found.LastError is not null) ? found : null);

        job.LastError.ShouldBeNull();
        using var stored = await server.SendAsync(HttpMethod.Get, $"{container}/{job.ObjectKey}");
        stored.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await stored.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBe(content);
        Peer.Seen.ShouldContain(seen => seen.Path == "/identity" && Uri.UnescapeDataString(seen.Query).Contains("https://storage.azure.com", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Store_MachineHasNoSuchIdentity_RecordingWaitsAndTheReasonIsSaid()
    {
        Peer.Answers["/identity"] = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return context.Response.WriteAsync("""{"statusCode":400,"message":"No identity was found."}""");
        };
        Settings["BURQI_STORE"] = "azure";
        Settings["AZURE_STORAGE_CONTAINER"] = "recordings";
        Settings["AZURE_STORAGE_CONNECTION_STRING"] = "BlobEndpoint=https://127.0.0.1:1/burqi";
        Settings["IDENTITY_ENDPOINT"] = $"{Peer.BaseUrl}/identity";
        Settings["IDENTITY_HEADER"] = "of-this-machine";
        var content = Wav.Create(1000);
        var message = Captured(content);
        Peer.Serve(ContentPath(message.RecordingId), content);
        await AddAsync(message);

        await using var archiver = await ArchiverProcess.StartAsync(Settings);
        var job = await Eventually.ReturnsAsync(async () => await JobAsync(message.RecordingId) is { LastError: not null } found ? found : null, TimeSpan.FromMinutes(2));

        job.LastError.ShouldBe(
            "The store failed: Azure Blob storage at 127.0.0.1:1 was not reached: this process could not sign in as who it is; it was given neither a key nor a shared "
            + "access signature, and neither a managed identity, a workload identity nor AZURE_CLIENT_ID with its secret was to be had.");
    }

    private static string Token(long now)
    {
        var claims = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["aud"] = "https://storage.azure.com",
            ["iss"] = "https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/",
            ["iat"] = now - 60,
            ["nbf"] = now - 60,
            ["exp"] = now + 3600,
        });
        return $"{Part("""{"alg":"RS256","typ":"JWT"}""")}.{Part(claims)}.{Part("nobody looks")}";

        static string Part(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    private static async Task<(string Certificate, string Key)> MakeCertificateAsync()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var folder = TestFolder.Create("tls");
        var (certificateFile, keyFile) = (Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem"));
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }
}
