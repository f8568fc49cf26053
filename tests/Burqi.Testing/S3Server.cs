using System.Collections.Concurrent;
using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Burqi.Hosting.Processes;

namespace Burqi.Testing;

/// <summary>
/// A real S3 server: Ceph's gateway over a store in memory. One is shared by a test process; each test class takes a bucket of its own.
/// It wants path-style addresses and checksums only where an operation requires one (<see cref="CreateClient"/> sets both).
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    private static readonly TestServer<S3Server> Source = new("An S3 server (Ceph's radosgw)")
    {
        Environment = ("BURQI_TEST_S3", address => Task.FromResult(Connect(new Uri(address)))),
        Compose = ("s3", ConnectAsync),
        Local = (() => ((string[])["radosgw", "ceph-mon", "ceph-osd", "monmaptool", "radosgw-admin"]).All(name => File.Exists(Path.Combine("/usr/bin", name))), () => StartPrivateAsync(onDisk: false)),
    };

    private static readonly Lazy<Task<S3Server>> Shared = new(async () => SharedServers.Keep(await Source.FindAsync()));

    private readonly ConcurrentBag<string> buckets = [];
    private readonly CephCluster? cluster;

    private S3Server(Uri endpoint, string accessKey, string secretKey, CephCluster? own)
    {
        Endpoint = endpoint.AbsoluteUri.TrimEnd('/');
        AccessKey = accessKey;
        SecretKey = secretKey;
        cluster = own;
    }

    /// <summary>The server's base URL, without a slash at its end.</summary>
    public string Endpoint { get; }

    /// <summary>The access key.</summary>
    public string AccessKey { get; }

    /// <summary>The secret key.</summary>
    public string SecretKey { get; }

    private CephCluster Cluster => cluster ?? throw new InvalidOperationException("Only a server of S3Server.StartAsync may be killed: this one is not ours.");

    /// <summary>The server all tests of this process share; started at the first call.</summary>
    public static Task<S3Server> SharedAsync() => Shared.Value;

    /// <summary>A server for one test, which may kill it; the caller disposes of it.</summary>
    /// <param name="onDisk">Whether objects lie in a file, of up to 16 GiB, which is slower; otherwise they lie in memory, up to 4 GiB.</param>
    public static Task<S3Server> StartAsync(bool onDisk = false)
    {
        Source.RequireInstalled();
        return StartPrivateAsync(onDisk);
    }

    /// <summary>A client of this server; the caller disposes of it.</summary>
    public AmazonS3Client CreateClient() => new(
        new BasicAWSCredentials(AccessKey, SecretKey),
        new AmazonS3Config
        {
            ServiceURL = Endpoint,
            ForcePathStyle = true,
            AuthenticationRegion = "us-east-1",
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });

    /// <summary>Makes an empty bucket.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> CreateBucketAsync()
    {
        var name = $"test-{Guid.NewGuid():N}";
        using var client = CreateClient();
        await client.PutBucketAsync(name);
        buckets.Add(name);
        return name;
    }

    /// <summary>Kills the gateway: clients are refused, the objects stay.</summary>
    public Task KillAsync() => Cluster.KillGatewayAsync();

    /// <summary>Starts a killed gateway again on the same port.</summary>
    public Task RestartAsync() => Cluster.StartGatewayAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
        {
            await cluster.DisposeAsync();
            return;
        }

        using var client = CreateClient();
        foreach (var bucket in buckets)
        {
            await foreach (var item in client.Paginators.ListObjectsV2(new() { BucketName = bucket }).S3Objects)
            {
                await client.DeleteObjectAsync(bucket, item.Key);
            }

            await client.DeleteBucketAsync(bucket);
        }
    }

    private static S3Server Connect(Uri address)
    {
        var keys = address.UserInfo.Split(':');
        return keys.Length == 2
            ? new S3Server(new UriBuilder(address) { UserName = "", Password = "" }.Uri, Uri.UnescapeDataString(keys[0]), Uri.UnescapeDataString(keys[1]), own: null)
            : throw new InvalidOperationException("BURQI_TEST_S3 wants the form http://<access key>:<secret key>@<host>:<port>.");
    }

    private static async Task<S3Server> ConnectAsync(ComposeService service) =>
        new(new Uri($"http://{await service.AddressAsync(8333)}"), ComposeService.Secret, ComposeService.Secret, own: null);

    private static async Task<S3Server> StartPrivateAsync(bool onDisk)
    {
        var own = new CephCluster(TestFolder.Create("s3"), onDisk);
        try
        {
            await own.StartAsync();
        }
        catch
        {
            await own.DisposeAsync();
            throw;
        }

        return new S3Server(new Uri($"http://127.0.0.1:{own.Port}"), own.AccessKey, own.SecretKey, own);
    }

    /// <summary>The smallest cluster that serves S3: one monitor, one storage daemon, one gateway; no authentication among the three.</summary>
    private sealed class CephCluster(string folder, bool onDisk) : IAsyncDisposable
    {
        private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

        private readonly string configuration = Path.Combine(folder, "ceph.conf");
        private readonly int monitorPort = FreePort.Next();
        private readonly int legacyMonitorPort = FreePort.Next();
        private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
        private ChildProcess? monitor;
        private ChildProcess? storage;
        private ChildProcess? gateway;

        public int Port { get; } = FreePort.Next();

        public string AccessKey { get; } = Guid.NewGuid().ToString("N")[..20];

        public string SecretKey { get; } = Guid.NewGuid().ToString("N");

        public async Task StartAsync()
        {
            foreach (var part in (string[])["mon", "osd", "rgw", "run", "log"])
            {
                Directory.CreateDirectory(Path.Combine(folder, part));
            }

            var clusterId = Guid.NewGuid().ToString();
            await File.WriteAllTextAsync(configuration, Configuration(clusterId));

            var map = Path.Combine(folder, "monmap");
            var storageId = Guid.NewGuid().ToString();
            await RunAsync("monmaptool", "--create", "--clobber", "--fsid", clusterId, "--addv", "a", $"[v2:127.0.0.1:{monitorPort},v1:127.0.0.1:{legacyMonitorPort}]", map);
            await RunAsync("ceph-mon", "-c", configuration, "--mkfs", "-i", "a", "--monmap", map);
            monitor = await ChildProcess.StartAsync(new ChildProcessStart("ceph-mon", "-c", configuration, "-f", "-i", "a"));
            await RunAsync("ceph", "-c", configuration, "--connect-timeout", "30", "osd", "new", storageId, "0");
            await RunAsync("ceph-osd", "-c", configuration, "--mkfs", "-i", "0", "--osd-uuid", storageId);
            storage = await ChildProcess.StartAsync(new ChildProcessStart("ceph-osd", "-c", configuration, "-f", "-i", "0"));
            await StartGatewayAsync();
            await RunAsync(
                "radosgw-admin", "-c", configuration, "-n", "client.rgw", "user", "create", "--uid=test", "--display-name=test", $"--access-key={AccessKey}", $"--secret-key={SecretKey}");
        }

        public async Task StartGatewayAsync()
        {
            if (gateway is not null)
            {
                await gateway.DisposeAsync();
            }

            gateway = await ChildProcess.StartAsync(new ChildProcessStart("radosgw", "-c", configuration, "-f", "-n", "client.rgw"));
            await gateway.WaitUntilReadyAsync(AnswersAsync, StartLimit, CancellationToken.None);
        }

        public Task KillGatewayAsync() => gateway?.KillAsync() ?? Task.CompletedTask;

        public async ValueTask DisposeAsync()
        {
            foreach (var part in (ChildProcess?[])[gateway, storage, monitor])
            {
                if (part is not null)
                {
                    await part.DisposeAsync();
                }
            }

            http.Dispose();
        }

        private static Task<string> RunAsync(string program, params string[] arguments) =>
            ChildProcess.RunAsync(new ChildProcessStart(program, arguments), StartLimit, CancellationToken.None);

        private async ValueTask<bool> AnswersAsync(string output, CancellationToken cancellationToken)
        {
            try
            {
                using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{Port}/"), cancellationToken);
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }

        private string Configuration(string clusterId) => string.Create(CultureInfo.InvariantCulture, $"""
            [global]
            fsid = {clusterId}
            mon_host = [v2:127.0.0.1:{monitorPort},v1:127.0.0.1:{legacyMonitorPort}]
            auth_cluster_required = none
            auth_service_required = none
            auth_client_required = none
            # Without keys there is no encryption to agree on, and a connection that asks for it is never made.
            ms_mon_client_mode = crc
            ms_client_mode = crc
            ms_cluster_mode = crc
            ms_service_mode = crc
            ms_mon_cluster_mode = crc
            ms_mon_service_mode = crc
            # Every pool is agreed on by a quorum of one: there is no one to wait for.
            paxos_propose_interval = 0.02
            paxos_min_wait = 0.01
            public_addr = 127.0.0.1
            cluster_addr = 127.0.0.1
            run_dir = {folder}/run
            admin_socket = {folder}/run/$name.asok
            log_file = {folder}/log/$name.log
            crash_dir = {folder}/log
            osd_pool_default_size = 1
            osd_pool_default_min_size = 1
            osd_pool_default_pg_num = 1
            osd_pool_default_pgp_num = 1
            osd_pool_default_pg_autoscale_mode = off
            osd_crush_chooseleaf_type = 0
            mon_allow_pool_size_one = true
            mon_max_pg_per_osd = 1000
            mon_data_avail_crit = 1
            [mon]
            mon_data = {folder}/mon
            mon_cluster_log_file = {folder}/log/cluster.log
            [osd]
            osd_data = {folder}/osd
            osd_objectstore = {(onDisk ? "bluestore" : "memstore")}
            memstore_device_bytes = 4294967296
            # A file that takes as much room as it has content.
            bluestore_block_create = true
            bluestore_block_size = 17179869184
            osd_memory_target = 939524096
            [client.rgw]
            rgw_frontends = beast endpoint=127.0.0.1:{Port}
            rgw_data = {folder}/rgw
            rgw_run_sync_thread = false
            rgw_override_bucket_index_max_shards = 1

            """);
    }
}
