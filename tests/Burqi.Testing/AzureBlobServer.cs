using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml.Linq;
using Burqi.Hosting.Processes;

namespace Burqi.Testing;

/// <summary>
/// A real server of Azure's blob API: Azurite, Microsoft's own, with its objects in memory. One is shared by a test process; each test class
/// takes a container of its own. It checks every signature, but no date.
/// </summary>
public sealed class AzureBlobServer : IAsyncDisposable
{
    private const string EmulatorAccount = "devstoreaccount1";
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly string Program = Path.Combine(Repository.Root, "tests", "npm", "node_modules", "azurite", "dist", "src", "blob", "main.js");

    private static readonly TestServer<AzureBlobServer> Source = new("Azurite")
    {
        Environment = ("BURQI_TEST_AZURE", connectionString => Task.FromResult(Connect(connectionString))),
        Compose = ("azurite", async service => new AzureBlobServer($"http://{await service.AddressAsync(10000)}/{EmulatorAccount}", EmulatorAccount, EmulatorKey, own: null)),
        Local = (() => File.Exists(Program), StartPrivateAsync),
    };

    private static readonly Lazy<Task<AzureBlobServer>> Shared = new(async () => SharedServers.Keep(await Source.FindAsync()));

    private readonly ConcurrentBag<string> containers = [];
    private readonly HttpClient http;
    private readonly ChildProcess? process;

    private AzureBlobServer(string endpoint, string account, string key, ChildProcess? own, string? certificateFile = null)
    {
        var handler = new SocketsHttpHandler();
        if (certificateFile is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile)) },
            };
        }

        http = new HttpClient(handler);
        Endpoint = endpoint.TrimEnd('/');
        Account = account;
        Key = key;
        process = own;
    }

    /// <summary>The blob service's address, without a slash at its end.</summary>
    public string Endpoint { get; }

    /// <summary>The account.</summary>
    public string Account { get; }

    /// <summary>Its key, base64.</summary>
    public string Key { get; }

    /// <summary>The account, its key and the address, as the portal would show them.</summary>
    public string ConnectionString => ConnectionStringAt(Endpoint);

    /// <summary>The server all tests of this process share; started at the first call.</summary>
    public static Task<AzureBlobServer> SharedAsync() => Shared.Value;

    /// <summary>A server for one test, which may kill it; the caller disposes of it. What it held is gone when it is.</summary>
    public static Task<AzureBlobServer> StartAsync()
    {
        Source.RequireInstalled();
        return StartPrivateAsync();
    }

    /// <summary>A server for one test behind TLS, which lets in whoever brings a token of Microsoft's form; it checks all but its signature.</summary>
    /// <param name="certificateFile">The server's certificate, PEM.</param>
    /// <param name="keyFile">Its key, PEM.</param>
    public static Task<AzureBlobServer> StartWithTokensAsync(string certificateFile, string keyFile)
    {
        Source.RequireInstalled();
        return StartPrivateAsync(certificateFile, "--oauth", "basic", "--cert", certificateFile, "--key", keyFile);
    }

    /// <summary>The same account, reached under another address.</summary>
    public string ConnectionStringAt(string endpoint) => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={endpoint};";

    /// <summary>A connection string without the key: with a signature that lets its holder into one container.</summary>
    public string ConnectionStringOf(AzureSas sas) => $"BlobEndpoint={Endpoint};SharedAccessSignature={sas.ToQuery(Key)}";

    /// <summary>Makes an empty container.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> CreateContainerAsync()
    {
        var name = $"test-{Guid.NewGuid():N}";
        using var made = await SendAsync(HttpMethod.Put, name, "restype=container");
        made.EnsureSuccessStatusCode();
        containers.Add(name);
        return name;
    }

    /// <summary>Asks the server by its owner's right.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">A container, or a blob in one.</param>
    /// <param name="query">The query without a question mark.</param>
    /// <param name="content">The body.</param>
    /// <param name="headers">Further headers.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string query = "", HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var sas = new AzureSas { Account = Account, Permissions = "rwdlac", ExpiresOn = DateTimeOffset.UtcNow.AddHours(1) };
        using var request = new HttpRequestMessage(method, new Uri($"{Endpoint}/{path}?{query}{(query.Length == 0 ? "" : "&")}{sas.ToQuery(Key)}")) { Content = content };
        request.Headers.Add("x-ms-version", sas.Version);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await http.SendAsync(request);
    }

    /// <summary>Puts a blob.</summary>
    public async Task PutAsync(string container, string name, byte[] content, IReadOnlyDictionary<string, string>? metadata = null)
    {
        (string, string)[] headers = [("x-ms-blob-type", "BlockBlob"), .. (metadata ?? new Dictionary<string, string>()).Select(pair => ($"x-ms-meta-{pair.Key}", pair.Value))];
        using var put = await SendAsync(HttpMethod.Put, $"{container}/{name}", content: new ByteArrayContent(content), headers: headers);
        put.EnsureSuccessStatusCode();
    }

    /// <summary>The names of a container's blobs, those that are seen or those that have only uncommitted blocks, in their order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string container, bool uncommitted = false)
    {
        using var answer = await SendAsync(HttpMethod.Get, container, "restype=container&comp=list&include=uncommittedblobs");
        answer.EnsureSuccessStatusCode();
        var list = XDocument.Parse((await answer.Content.ReadAsStringAsync()).TrimStart('\uFEFF'));

        // What was never committed has no content type, not even the default one.
        return [.. list.Descendants("Blob").Where(blob => (blob.Descendants("Content-Type").FirstOrDefault() is null) == uncommitted).Select(blob => blob.Element("Name")!.Value)];
    }

    /// <summary>How many blocks of a blob are uploaded and not part of it.</summary>
    public async Task<int> CountUncommittedBlocksAsync(string container, string name)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"{container}/{name}", "comp=blocklist&blocklisttype=uncommitted");
        answer.EnsureSuccessStatusCode();
        return XDocument.Parse((await answer.Content.ReadAsStringAsync()).TrimStart('\uFEFF')).Descendants("UncommittedBlocks").Descendants("Block").Count();
    }

    /// <summary>Freezes the server (SIGSTOP): connections stay open and nothing answers.</summary>
    public void Suspend() => Own.Signal(ChildSignal.Suspend);

    /// <summary>Lets a frozen server go on.</summary>
    public void Resume() => Own.Signal(ChildSignal.Continue);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }
        else
        {
            foreach (var name in containers)
            {
                using var gone = await SendAsync(HttpMethod.Delete, name, "restype=container");
            }
        }

        http.Dispose();
    }

    private ChildProcess Own => process ?? throw new InvalidOperationException("Only a server of AzureBlobServer.StartAsync may be stopped: this one is not ours.");

    private static AzureBlobServer Connect(string connectionString)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[^1]);
        return parts.TryGetValue("BlobEndpoint", out var endpoint) && parts.TryGetValue("AccountName", out var account) && parts.TryGetValue("AccountKey", out var key)
            ? new AzureBlobServer(endpoint, account, key, own: null)
            : throw new InvalidOperationException("BURQI_TEST_AZURE wants the form BlobEndpoint=http://<host>:<port>/<account>;AccountName=<account>;AccountKey=<key>.");
    }

    private static Task<AzureBlobServer> StartPrivateAsync() => StartPrivateAsync(certificateFile: null);

    private static async Task<AzureBlobServer> StartPrivateAsync(string? certificateFile, params string[] more)
    {
        var port = FreePort.Next();

        // An account of its own with a key of its own: nobody else's server answers to it by mistake.
        var (account, key) = ("burqitests", Convert.ToBase64String(Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N"))));
        var own = await ChildProcess.StartAsync(new ChildProcessStart(
            "node",
            [Program, "--blobHost", "127.0.0.1", "--blobPort", port.ToString(CultureInfo.InvariantCulture), "--inMemoryPersistence", "--disableTelemetry", "--silent", .. more])
        {
            Environment = new Dictionary<string, string?> { ["AZURITE_ACCOUNTS"] = $"{account}:{key}" },
            WorkingDirectory = TestFolder.Create("azurite"),
        });
        try
        {
            await own.WaitUntilReadyAsync((_, cancellationToken) => AcceptsAsync(port, cancellationToken), StartLimit, CancellationToken.None);
        }
        catch
        {
            await own.DisposeAsync();
            throw;
        }

        var scheme = certificateFile is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
        return new AzureBlobServer($"{scheme}://{IPAddress.Loopback}:{port}/{account}", account, key, own, certificateFile);
    }

    private static async ValueTask<bool> AcceptsAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
