using System.Globalization;
using Burqi.Simulator;
using Burqi.Testing;
using Npgsql;

namespace Burqi.EndToEnd.Tests.Stack;

/// <summary>
/// The distributed stack as it is run in production: every service a process of its own, RabbitMQ, PostgreSQL and an S3 server behind
/// them, nginx in front, and the simulated Twilio as the provider.
/// </summary>
public sealed class DistributedStack : IAsyncLifetime
{
    public const string ApiKey = "end-to-end-tests-0123456789abcdef";
    private const string AccountSid = "AC0000000000000000000000000000e2e0";
    private const string AuthToken = "5ba5e2e05ba5e2e05ba5e2e05ba5e2e0";

    private NpgsqlDataSource database = null!;
    private LoadBalancer proxy = null!;
    private TraceReceiver traces = null!;
    private string folder = null!;
    private Dictionary<string, string?> settings = null!;

    internal RabbitMqServer Broker { get; private set; } = null!;

    /// <summary>The stack's own part of the broker.</summary>
    internal string VirtualHost { get; private set; } = null!;

    internal ServiceProcess Ingress { get; private set; } = null!;

    internal ServiceProcess Media { get; private set; } = null!;

    internal ServiceProcess Archiver { get; private set; } = null!;

    internal ServiceProcess Catalog { get; private set; } = null!;

    internal TwilioSimulator Twilio { get; private set; } = null!;

    internal TraceReceiver Traces => traces;

    internal NpgsqlDataSource Database => database;

    internal Uri PublicAddress => new(settings["CALLBACK_URI_HOST"]!);

    internal string RecordingsFolder { get; } = TestFolder.Create("recordings");

    internal (S3Server Server, string Name) Bucket { get; private set; }

    public async ValueTask InitializeAsync()
    {
        folder = TestFolder.Create("stack");
        var databaseServer = PostgresServer.SharedAsync();
        var objectStore = S3Server.SharedAsync();
        var broker = RabbitMqServer.StartAsync();
        traces = await TraceReceiver.StartAsync();
        var databaseUrl = await (await databaseServer).CreateDatabaseAsync();
        database = NpgsqlDataSource.Create(databaseUrl);
        Bucket = (await objectStore, await (await objectStore).CreateBucketAsync());
        Broker = await broker;
        var busUrl = await Broker.CreateVirtualHostAsync();
        VirtualHost = new Uri(busUrl).AbsolutePath.TrimStart('/');

        // The proxy's address is every service's public address, and the proxy needs theirs: the ports are chosen first.
        settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_BUS"] = "rabbitmq",
            ["BURQI_RABBITMQ_URL"] = busUrl,
            ["BURQI_STORE"] = "s3",
            ["S3_RECORDING_BUCKET"] = Bucket.Name,
            ["S3_RECORDING_REGION"] = "us-east-1",
            ["AWS_ACCESS_KEY_ID"] = Bucket.Server.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = Bucket.Server.SecretKey,
            ["AWS_ENDPOINT_URL_S3"] = Bucket.Server.Endpoint,
            ["TWILIO_ACCOUNT_SID"] = AccountSid,
            ["TWILIO_AUTH_TOKEN"] = AuthToken,
            ["TWILIO_CALLER_ID"] = "+18005551212",
            ["BURQI_DATABASE_URL"] = databaseUrl,
            ["BURQI_API_KEYS"] = ApiKey,
            ["BURQI_API_REQUESTS_PER_MINUTE"] = "100000", // tests look often
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = traces.Address.GetLeftPart(UriPartial.Authority),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
        };
        var port = Hosting.Processes.FreePort.Next();
        settings["CALLBACK_URI_HOST"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

        Twilio = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
        {
            AccountSid = AccountSid,
            AuthToken = AuthToken,
            AllowLoopback = true,
            VoiceUrl = settings["CALLBACK_URI_HOST"] + "/twilio/voice",
            StatusCallback = settings["CALLBACK_URI_HOST"] + "/twilio/call-status#rc=5&rp=all",
            NotFoundBeforeReady = 1,
            Speed = 4,
        });
        settings["TWILIO_API_BASE_URL"] = Twilio.ApiBaseUrl;

        Ingress = Describe("Ingress", "Ingress", RecordingsFolder);
        Media = Describe("Media", "Media", RecordingsFolder);
        Archiver = Describe("Archiver", "Archiver", RecordingsFolder);
        Catalog = Describe("Catalog", "Catalog", RecordingsFolder);
        proxy = await LoadBalancer.StartAsync(LoadBalancer.Locations(Ingress.Address, Media.Address, Catalog.Address), port: port);
        await Task.WhenAll(Ingress.StartAsync(), Media.StartAsync(), Archiver.StartAsync(), Catalog.StartAsync());
    }

    /// <summary>A further replica of a service, with folders of its own; not started, and not behind the proxy.</summary>
    internal ServiceProcess DescribeReplica(string service, string instance) => Describe(service, instance, TestFolder.Create("replica"));

    /// <summary>The <c>BURQI_DATA_DIR</c> of a service, or of a replica.</summary>
    internal string DataFolder(string instance) => Path.Combine(folder, instance, "data");

    /// <summary>A client of the API with the key that opens it.</summary>
    internal HttpClient CreateApiClient()
    {
        var client = new HttpClient { BaseAddress = PublicAddress, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", ApiKey);
        return client;
    }

    private ServiceProcess Describe(string service, string instance, string recordings) => ServiceProcess.Describe(
        $"Burqi.{service}.Host",
        Path.Combine(folder, instance),
        new Dictionary<string, string?>(settings, StringComparer.Ordinal)
        {
            ["BURQI_DATA_DIR"] = DataFolder(instance),
            ["BURQI_RECORDINGS_DIR"] = recordings,
        });

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable? part in new IAsyncDisposable?[] { proxy, Ingress, Media, Archiver, Catalog, Twilio, traces, database, Broker })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }
    }
}
