using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Web;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Hosting.Processes;
using Burqi.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>The catalog without any secret of the account's, as a process that signs in by its machine's managed identity: it signs with a key it is given.</summary>
public sealed class AzureIdentityRedirectTests(CatalogHost teller) : IClassFixture<CatalogHost>
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Get_OpenedByAManagedIdentity_SendsToTheStoreByAKeyOfTheIdentitys()
    {
        var (certificate, key) = await MakeCertificateAsync();
        await using var server = await AzureBlobServer.StartWithTokensAsync(certificate, key);
        await using var identity = await StartIdentityAsync();
        var container = await server.CreateContainerAsync();
        var content = RandomNumberGenerator.GetBytes(50_000);
        var told = new Told();
        var archived = told.Archived(fileSize: content.Length, sha256: Convert.ToHexStringLower(SHA256.HashData(content))) with { Store = "azure" };
        await server.PutAsync(container, archived.ObjectKey, content);
        await teller.TellAsync(archived);
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        await using var catalog = await ChildProcess.StartAsync(new ChildProcessStart("dotnet", Path.Combine(AppContext.BaseDirectory, "Burqi.Catalog.Host.dll"))
        {
            Environment = new Dictionary<string, string?>
            {
                ["BURQI_URLS"] = address,
                ["BURQI_DATABASE_URL"] = teller.ConnectionString,
                ["BURQI_API_KEYS"] = CatalogHost.ApiKey,
                ["BURQI_STORE"] = "azure",
                ["BURQI_CONTENT_REDIRECT"] = "true",
                ["AZURE_STORAGE_CONTAINER"] = container,
                ["AZURE_STORAGE_CONNECTION_STRING"] = $"BlobEndpoint={server.Endpoint}",
                ["IDENTITY_ENDPOINT"] = $"{identity.Urls.First()}/identity",
                ["IDENTITY_HEADER"] = "of-this-machine",
                ["SSL_CERT_FILE"] = certificate,
            },
        });
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", CatalogHost.ApiKey);
        await catalog.WaitUntilReadyAsync((_, cancellationToken) => IsReadyAsync(client, cancellationToken), StartLimit, TestContext.Current.CancellationToken);

        using var response = await client.GetAsync(new Uri($"/calls/{told.CallId}/recording/{told.Id}", UriKind.Relative), TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.Found, catalog.Output);
        using var store = Trusting(certificate);
        using var fetched = await store.GetAsync(response.Headers.Location, TestContext.Current.CancellationToken);

        var query = HttpUtility.ParseQueryString(response.Headers.Location!.Query);
        (query["skoid"], query["sktid"], query["sp"], query["sr"], query["spr"]).ShouldBe((Identity, Tenant, "r", "b", "https"));
        fetched.StatusCode.ShouldBe(HttpStatusCode.OK, await fetched.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        (await fetched.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBe(content);
        fetched.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
    }

    private const string Tenant = "ab1f708d-50f6-404c-a006-d71b2ac7a606";
    private const string Identity = "0a1b2c3d-50f6-404c-a006-d71b2ac7a607";

    private static async ValueTask<bool> IsReadyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>What a machine in Azure asks for tokens; Azurite looks at all of one but its signature.</summary>
    private static async Task<WebApplication> StartIdentityAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(context =>
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            return context.Response.WriteAsJsonAsync(new Dictionary<string, string>
            {
                ["access_token"] = Token(now),
                ["expires_on"] = (now + 3600).ToString(),
                ["resource"] = "https://storage.azure.com",
                ["token_type"] = "Bearer",
            });
        });
        await app.StartAsync();
        return app;
    }

    private static string Token(long now)
    {
        var claims = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["aud"] = "https://storage.azure.com",
            ["iss"] = $"https://sts.windows.net/{Tenant}/",
            ["oid"] = Identity,
            ["tid"] = Tenant,
            ["iat"] = now - 60,
            ["nbf"] = now - 60,
            ["exp"] = now + 3600,
        });
        return $"{Part("""{"alg":"RS256","typ":"JWT"}""")}.{Part(claims)}.{Part("nobody looks")}";

        static string Part(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    private static HttpClient Trusting(string certificateFile) => new(new SocketsHttpHandler
    {
        SslOptions =
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile)) },
            },
        },
    });

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
