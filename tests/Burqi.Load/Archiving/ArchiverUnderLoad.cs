using Burqi.Hosting.Processes;
using Burqi.Load.Measuring;
using Burqi.Load.Servers;
using Burqi.Testing;
using Npgsql;

namespace Burqi.Load.Archiving;

/// <summary>The archiver's own process, as it is run, with an S3 server for its store.</summary>
internal sealed class ArchiverUnderLoad : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ChildProcess process;

    private ArchiverUnderLoad(ChildProcess process) => this.process = process;

    public bool HasEnded => process.Exited.IsCompleted;

    public string Output => process.Output;

    public double CpuSeconds => ProcessGauge.CpuSeconds(process.Id);

    /// <summary>The most memory that it ever had in use.</summary>
    public long PeakResidentKib => ProcessGauge.PeakResident(process.Id);

    public static async Task<ArchiverUnderLoad> StartAsync(string database, S3Server s3, string bucket, string folder)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_URLS"] = $"http://127.0.0.1:{FreePort.Next()}",
            ["BURQI_BUS"] = "memory",
            ["BURQI_DATABASE_URL"] = database,
            ["BURQI_DATA_DIR"] = Path.Combine(folder, "data"),
            ["BURQI_STORE"] = "s3",
            ["S3_RECORDING_BUCKET"] = bucket,
            ["AWS_ENDPOINT_URL_S3"] = s3.Endpoint,
            ["AWS_ACCESS_KEY_ID"] = s3.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = s3.SecretKey,
            ["Archiver__PollInterval"] = "00:00:00.200", // nobody rings here when there is work
        };
        var archiver = new ArchiverUnderLoad(await ChildProcess.StartAsync(ServerUnderLoad.Dotnet(ServerUnderLoad.BesideUs("Burqi.Archiver.Host")) with { Environment = environment, WorkingDirectory = folder }));
        await using var source = NpgsqlDataSource.Create(database);
        await archiver.process.WaitUntilReadyAsync(async (_, cancellation) =>
        {
            await using var query = source.CreateCommand("select to_regclass('archiver.store_states') is not null");
            return await query.ExecuteScalarAsync(cancellation) is true;
        }, StartLimit, CancellationToken.None);
        return archiver;
    }

    public async ValueTask DisposeAsync()
    {
        await process.StopAsync(ChildSignal.Terminate, TimeSpan.FromSeconds(40));
        await process.DisposeAsync();
    }
}
