using System.Diagnostics;
using System.Globalization;
using Amazon.S3.Model;
using Burqi.Hosting.Processes;
using Burqi.Load.Servers;
using Burqi.Testing;
using Npgsql;

namespace Burqi.Load.Archiving;

/// <summary>
/// The same files from the same HTTP server into the same kind of S3 server: by the archiver's own process, which finds them on its table and reads
/// each object back, and by rclone, which does not. Each has servers to itself, started anew.
/// </summary>
internal static class ArchiveRun
{
    /// <summary>As many as the archiver fetches from one source at once.</summary>
    private const int AtOnce = 4;

    private const long MiB = 1024 * 1024;

    /// <summary>What the S3 server takes where nothing is to hold it up.</summary>
    private const long MostInMemory = 3072 * MiB;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    public static IReadOnlyList<ArchiveSet> Sets { get; } =
    [
        new("20 files of 1 MiB", 20, MiB),
        new("5 files of 100 MiB", 5, 100 * MiB),
        new("1 file of 2 GiB", 1, 2048 * MiB),
    ];

    public static Task<ArchiveResult> ArchiverAsync(IReadOnlyList<ArchiveSet> sets) => WithServersAsync(async (files, s3, bucket, folder) =>
    {
        await using var postgres = await PostgresServer.StartAsync();
        var connection = await postgres.CreateDatabaseAsync();
        await using var archiver = await ArchiverUnderLoad.StartAsync(connection, s3, bucket, folder);
        await using var database = NpgsqlDataSource.Create(connection);
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  archiver, started: peak {archiver.PeakResidentKib / 1024} MiB"));
        var seconds = new List<double>();
        foreach (var set in sets)
        {
            var sha256 = LoadFile.Sha256(set.Size);
            var (from, cpu) = (Stopwatch.GetTimestamp(), archiver.CpuSeconds);
            await InsertAsync(database, files, set, sha256);
            await WaitAsync(database, archiver, set);
            seconds.Add(Stopwatch.GetElapsedTime(from).TotalSeconds);
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  archiver, {set.Name}: {seconds[^1]:0.00} s, {archiver.CpuSeconds - cpu:0.00} s CPU, peak {archiver.PeakResidentKib / 1024} MiB"));
        }

        return (seconds, archiver.PeakResidentKib);
    }, sets);

    public static Task<ArchiveResult> RcloneAsync(IReadOnlyList<ArchiveSet> sets) => WithServersAsync(async (files, s3, bucket, _) =>
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["RCLONE_CONFIG"] = "/notfound", // its word for none
            ["RCLONE_S3_PROVIDER"] = "Ceph",
            ["RCLONE_S3_ENDPOINT"] = s3.Endpoint,
            ["RCLONE_S3_ACCESS_KEY_ID"] = s3.AccessKey,
            ["RCLONE_S3_SECRET_ACCESS_KEY"] = s3.SecretKey,
            ["RCLONE_S3_NO_CHECK_BUCKET"] = "true",
            ["AWS_CA_BUNDLE"] = null, // it does not start where that is set, and there is no TLS here
        };
        var seconds = new List<double>();
        foreach (var set in sets)
        {
            var from = Stopwatch.GetTimestamp();
            await Parallel.ForEachAsync(Enumerable.Range(0, set.Count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancellation) =>
            {
                var address = FileServer.AddressOf(files, Guid.CreateVersion7(), set.Size).AbsoluteUri;
                var start = new ChildProcessStart("rclone", "copyurl", address, $":s3:{bucket}/{set.KeyOf(number)}") { Environment = environment };
                await ChildProcess.RunAsync(start, Limit, cancellation);
            });
            seconds.Add(Stopwatch.GetElapsedTime(from).TotalSeconds);
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  rclone, {set.Name}: {seconds[^1]:0.00} s"));
        }

        return (seconds, 0L);
    }, sets);

    private static async Task<ArchiveResult> WithServersAsync(
        Func<Uri, S3Server, string, string, Task<(List<double> Seconds, long PeakKib)>> copyAsync, IReadOnlyList<ArchiveSet> sets)
    {
        using var folder = new LoadFolder();
        await using var s3 = await S3Server.StartAsync(onDisk: sets.Sum(set => set.Bytes) > MostInMemory);
        var bucket = await s3.CreateBucketAsync();
        var port = FreePort.Next();
        await using var files = await ChildProcess.StartAsync(
            ServerUnderLoad.Dotnet(ServerUnderLoad.BesideUs("Burqi.Load"), "files", port.ToString(CultureInfo.InvariantCulture)));
        await files.WaitUntilReadyAsync((_, cancellation) => ServerUnderLoad.ListensAsync(port, cancellation), StartLimit, CancellationToken.None);
        var (seconds, peak) = await copyAsync(new Uri($"http://127.0.0.1:{port}"), s3, bucket, folder.Path);

        using var client = s3.CreateClient();
        var sizes = new List<long>();
        await foreach (var stored in client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = bucket }).S3Objects)
        {
            sizes.Add(stored.Size ?? 0);
        }

        return sizes.Order().SequenceEqual(sets.SelectMany(set => Enumerable.Repeat(set.Size, set.Count)).Order())
            ? new ArchiveResult(seconds, peak)
            : throw new InvalidDataException($"Of the files {sizes.Count} are there, {sizes.Sum()} bytes in all: not what was to be copied.");
    }

    /// <summary>What its consumer writes down when a media node tells of a file.</summary>
    private static async Task InsertAsync(NpgsqlDataSource database, Uri files, ArchiveSet set, string sha256)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        for (var number = 0; number < set.Count; number++)
        {
            var recordingId = Guid.CreateVersion7();
            var address = FileServer.AddressOf(files, recordingId, set.Size);
            await using var insert = new NpgsqlCommand(
                """
                insert into archiver.jobs
                    (id, recording_id, step, status, provider, call_id, recording_type, recording_source, format, sample_rate, channels, started_at,
                     source_kind, source_details, destination, expected_size, expected_sha256, object_key, create_database_records)
                values
                    ($1, $2, 'archive', 'waiting', 'twilio', $3, 'mixed', 'local', 'wav', $4, 1, now(),
                     'media_node', jsonb_build_object('content_url', $5, 'node', 'load'), $6, $7, $8, $9, true)
                """,
                connection,
                transaction);
            foreach (var value in (object[])[Guid.CreateVersion7(), recordingId, set.CallOf(number), LoadFile.SampleRate, address.AbsoluteUri, address.Authority, set.Size, sha256, set.KeyOf(number)])
            {
                insert.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await insert.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    private static async Task WaitAsync(NpgsqlDataSource database, ArchiverUnderLoad archiver, ArchiveSet set)
    {
        var from = Stopwatch.GetTimestamp();
        await using var connection = await database.OpenConnectionAsync();
        await using var query = new NpgsqlCommand(
            "select count(*) filter (where status <> 'completed'), coalesce(max(last_error), '') from archiver.jobs where expected_size = $1", connection);
        query.Parameters.Add(new NpgsqlParameter { Value = set.Size });
        await query.PrepareAsync(); // it runs on the processors that are measured
        while (true)
        {
            await using var row = await query.ExecuteReaderAsync();
            await row.ReadAsync();
            if (row.GetInt64(0) == 0)
            {
                if (row.GetString(1).Length > 0)
                {
                    throw new InvalidDataException($"An attempt failed: {row.GetString(1)}");
                }

                return;
            }

            if (Stopwatch.GetElapsedTime(from) > Limit || archiver.HasEnded)
            {
                throw new TimeoutException($"The archiver did not come to an end: {row.GetString(1)}\n{archiver.Output}");
            }

            await Task.Delay(20);
        }
    }
}

/// <summary>So many files of one size.</summary>
internal sealed record ArchiveSet(string Name, int Count, long Size)
{
    public long Bytes => Count * Size;

    public string CallOf(int number) => string.Create(CultureInfo.InvariantCulture, $"CA{Size}-{number}");

    public string KeyOf(int number) => $"recordings/2026/11/20/{CallOf(number)}/mixed_1.wav";
}

/// <summary>What it took.</summary>
/// <param name="Seconds">For each set.</param>
/// <param name="PeakResidentKib">The most memory that the process had in use, its files included; 0 where nobody looked.</param>
internal sealed record ArchiveResult(IReadOnlyList<double> Seconds, long PeakResidentKib);
