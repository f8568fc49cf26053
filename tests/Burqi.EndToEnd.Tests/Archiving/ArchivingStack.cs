using System.Globalization;
using System.Security.Cryptography;
using Amazon.S3;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.EndToEnd.Tests.Stack;
using Burqi.Simulator.Audio;
using Burqi.Testing;
using MassTransit;
using Npgsql;

namespace Burqi.EndToEnd.Tests.Archiving;

/// <summary>
/// Two archivers and a catalog as processes of their own, on RabbitMQ and PostgreSQL, with an S3 server and a source of recordings that do what
/// a test says. All patience is short, so that hours fit into seconds.
/// </summary>
public sealed class ArchivingStack : IAsyncLifetime
{
    private const string AccountSid = "AC00000000000000000000000000000a4c";

    private readonly List<Kept> _kept = [];
    private readonly HashSet<string> _seenWhole = new(StringComparer.Ordinal);
    private readonly string _folder = TestFolder.Create("archiving");
    private NpgsqlDataSource _database = null!;
    private RabbitMqServer _broker = null!;
    private IBusControl _bus = null!;
    private AmazonS3Client _s3 = null!;
    private string _bucket = "";
    private int _made;

    internal FaultyStore Store { get; private set; } = null!;

    internal FaultySource Source { get; private set; } = null!;

    internal IReadOnlyList<ServiceProcess> Archivers { get; private set; } = [];

    internal ServiceProcess Catalog { get; private set; } = null!;

    internal RabbitMqServer Broker => _broker;

    internal NpgsqlDataSource Database => _database;

    public async ValueTask InitializeAsync()
    {
        var (postgres, s3, broker) = (PostgresServer.SharedAsync(), S3Server.SharedAsync(), RabbitMqServer.StartAsync());
        var databaseUrl = await (await postgres).CreateDatabaseAsync();
        _database = NpgsqlDataSource.Create(databaseUrl);
        var server = await s3;
        _bucket = await server.CreateBucketAsync();
        _s3 = server.CreateClient();
        Store = await FaultyStore.StartAsync(server.Endpoint, clients: 2);
        Source = await FaultySource.StartAsync();
        _broker = await broker;
        var busUrl = await _broker.CreateVirtualHostAsync();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_BUS"] = "rabbitmq",
            ["BURQI_RABBITMQ_URL"] = busUrl,
            ["BURQI_BUS_QUEUES"] = "", // the other services are not here
            ["BURQI_DATABASE_URL"] = databaseUrl,
            ["BURQI_API_KEYS"] = "archiving-tests-0123456789abcdef",
            ["BURQI_API_REQUESTS_PER_MINUTE"] = "100000", // tests look often
            ["BURQI_STORE"] = "s3",
            ["S3_RECORDING_BUCKET"] = _bucket,
            ["S3_RECORDING_REGION"] = "us-east-1",
            ["AWS_ACCESS_KEY_ID"] = server.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = server.SecretKey,
            ["AWS_ENDPOINT_URL_S3"] = server.Endpoint,
            ["TWILIO_ACCOUNT_SID"] = AccountSid,
            ["TWILIO_AUTH_TOKEN"] = "archiving",
            ["TWILIO_API_BASE_URL"] = Source.Address,
        };
        Archivers = [.. Enumerable.Range(0, 2).Select(number => DescribeArchiver(settings, number))];
        Catalog = ServiceProcess.Describe("Burqi.Catalog.Host", Path.Combine(_folder, "catalog"), settings);
        await Task.WhenAll(Archivers.Append(Catalog).Select(service => service.StartAsync()));

        _bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(transport => transport.Host(new Uri(busUrl.Replace("amqp://", "rabbitmq://", StringComparison.Ordinal))));
        await _bus.StartAsync();
    }

    /// <summary>Some audio, whose samples no other recording has.</summary>
    internal byte[] Audio(double seconds)
    {
        var samples = new byte[(int)(seconds * 16000) & ~1];
        new Random(Interlocked.Increment(ref _made)).NextBytes(samples);
        return WavFile.Create(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(samples).ToArray());
    }

    /// <summary>A media node has captured a recording and tells of it; it must end in the store.</summary>
    internal async Task<Guid> CaptureAsync(byte[] content, int times = 1, params Func<Microsoft.AspNetCore.Http.HttpContext, Task>[] answers)
    {
        var (id, call, startedAt) = (Guid.CreateVersion7(), $"CA{Guid.NewGuid():N}", new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero));
        var path = $"/media/recordings/{id}/content";
        Source.Serve(path, answers.Length > 0 ? answers : [FaultySource.Whole(content)]);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        Keep(new Kept(id, $"recordings/2026/11/20/{call}/user_{startedAt.ToUnixTimeSeconds()}.wav", content.Length, sha256));
        var message = new RecordingCaptured
        {
            RecordingId = id,
            Provider = Providers.Twilio,
            CallId = call,
            RecordingType = RecordingTypes.User,
            RecordingSource = RecordingSources.Local,
            Format = "wav",
            SampleRate = 8000,
            Channels = 1,
            DurationMs = (content.Length - 44) / 16,
            FileSize = content.Length,
            Sha256 = sha256,
            FilePath = $"{call}/user_{startedAt.ToUnixTimeSeconds()}.wav",
            ContentUrl = $"{Source.Address}{path}?exp=1&sig=x",
            MediaNode = "media",
            Recovered = false,
            StartedAt = startedAt,
            EndedAt = startedAt.AddMilliseconds((content.Length - 44) / 16),
        };
        for (var i = 0; i < times; i++)
        {
            await _bus.Publish(message);
        }

        return id;
    }

    /// <summary>Twilio has a recording of one channel, and tells neither its size nor its checksum.</summary>
    internal async Task ProvideAsync(byte[] content, params Func<Microsoft.AspNetCore.Http.HttpContext, Task>[] answers)
    {
        var (id, call, sid) = (Guid.CreateVersion7(), $"CA{Guid.NewGuid():N}", $"RE{Guid.NewGuid():N}");
        var startedAt = new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);
        Source.Serve($"/2010-04-01/Accounts/{AccountSid}/Recordings/{sid}.wav", answers);
        Keep(new Kept(id, $"recordings/2026/11/20/{call}/{call}_{sid}.wav", content.Length, Convert.ToHexStringLower(SHA256.HashData(content))));
        await _bus.Publish(new ProviderRecordingReady
        {
            RecordingId = id,
            Provider = Providers.Twilio,
            CallId = call,
            RecordingType = RecordingTypes.Provider,
            RecordingSource = RecordingSources.Twilio,
            ProviderRecordingId = sid,
            AccountId = AccountSid,
            DurationMs = (content.Length - 44) / 16,
            Channels = 1,
            StartedAt = startedAt,
            ReadyAt = startedAt.AddMinutes(1),
        });
    }

    /// <summary>
    /// Everything that was ever captured or provided is in the store once, byte for byte, its row is completed and says so; and there is nothing
    /// else: no other object, no part of one, no file of the archivers'.
    /// </summary>
    internal async Task ShouldHaveLostNothingAsync()
    {
        Kept[] kept;
        lock (_kept)
        {
            kept = [.. _kept];
        }

        try
        {
            // Outlines are left to themselves, but must not come in between with what the next test does to the store.
            await Eventually.BecomesTrueAsync(
                async () => await CountAsync("select count(*) from archiver.jobs where step <> 'waveform' and status = 'completed' and outcome_announced_at is not null") == kept.Length
                    && await CountAsync("select count(*) from archiver.jobs job join catalog.recordings row on row.id = job.recording_id where job.step <> 'waveform' and row.status = 'completed'") == kept.Length
                    && await CountAsync("select count(*) from archiver.jobs where step = 'waveform' and (status = 'waiting' and attempts = 0 or status = 'running' and lease_expires_at > now())") == 0,
                TimeSpan.FromSeconds(120));
        }
        catch (TimeoutException timeout)
        {
            throw new InvalidOperationException($"Not everything ends: {await ReadAsync("select string_agg(concat_ws(' ', j.recording_id, j.step, j.status, j.attempts, j.last_failure, j.last_error, j.outcome_announced_at, r.status), E'\\n') from archiver.jobs j left join catalog.recordings r on r.id = j.recording_id where j.step <> 'waveform' and (j.status <> 'completed' or j.outcome_announced_at is null or r.status is distinct from 'completed')")}", timeout);
        }

        // Beside them a call has a row that stands for the mix it does not have.
        (await CountAsync("select count(*) from archiver.jobs where step <> 'waveform'")).ShouldBe(kept.Length);
        (await CountAsync("select count(*) from catalog.recordings where status <> 'completed'")).ShouldBe(0);
        foreach (var one in kept)
        {
            (await ReadAsync($"select concat_ws(' ', s3_key, file_size, sha256) from catalog.recordings where id = '{one.Id}'"))
                .ShouldBe(string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Size} {one.Sha256}"));
        }

        // An upload that lost its job is taken back a moment after another has done it.
        await Eventually.BecomesTrueAsync(async () => (await _s3.ListMultipartUploadsAsync(_bucket)).MultipartUploads is null or [], description: "no upload is left unfinished");
        var listed = (await _s3.ListObjectsV2Async(new() { BucketName = _bucket })).S3Objects ?? [];
        listed.Select(found => found.Key).ShouldBe(kept.Select(one => one.Key), ignoreOrder: true);
        var contents = listed.ToDictionary(found => found.Key, found => found.ETag, StringComparer.Ordinal);
        foreach (var one in kept.Where(one => _seenWhole.Add($"{one.Key} {contents[one.Key]}")))
        {
            using var stored = await _s3.GetObjectAsync(_bucket, one.Key);
            Convert.ToHexStringLower(await SHA256.HashDataAsync(stored.ResponseStream)).ShouldBe(one.Sha256);
            stored.ContentLength.ShouldBe(one.Size);
        }

        Directory.EnumerateFiles(_folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Where(file => !file.Contains("-assistants", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    internal async Task<long> CountAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    internal async Task<string> ReadAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        return await command.ExecuteScalarAsync() as string ?? "";
    }

    public async ValueTask DisposeAsync()
    {
        if (_bus is not null)
        {
            await _bus.StopAsync();
        }

        foreach (var part in Archivers.Append<IAsyncDisposable?>(Catalog).Append(Store).Append(Source).Append(_broker).Append(_database))
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        _s3?.Dispose();
    }

    private void Keep(Kept one)
    {
        lock (_kept)
        {
            _kept.Add(one);
        }
    }

    private ServiceProcess DescribeArchiver(Dictionary<string, string?> settings, int number)
    {
        var folder = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"archiver{number}"));
        return ServiceProcess.Describe("Burqi.Archiver.Host", folder, new Dictionary<string, string?>(settings, StringComparer.Ordinal)
        {
            ["BURQI_DATA_DIR"] = Path.Combine(folder, "data"),
            ["AWS_ENDPOINT_URL_S3"] = Store.Endpoints[number],
            ["Archiver__PollInterval"] = "00:00:00.100",
            ["Archiver__LeaseDuration"] = "00:00:03",
            ["Archiver__RetryBaseDelay"] = "00:00:00.050",
            ["Archiver__RetryMaxDelay"] = "00:00:00.500",
            ["Archiver__Destinations__Break"] = "00:00:00.500",
            ["Archiver__Destinations__LongestBreak"] = "00:00:01",
            ["Archiver__Download__AttemptTimeout"] = "00:00:05",
            ["Archiver__Download__RetryDelay"] = "00:00:00.020",
            ["Archiver__Download__BreakDuration"] = "00:00:00.500",
            ["Archiver__Download__BodyIdleTimeout"] = "00:00:03",
            ["Archiver__S3__PartSize"] = "5242880",
            ["Archiver__S3__RequestTimeout"] = "00:00:04",
        });
    }

    private sealed record Kept(Guid Id, string Key, long Size, string Sha256);
}
