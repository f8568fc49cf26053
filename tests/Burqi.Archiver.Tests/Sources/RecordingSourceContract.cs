using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Sources;
using Burqi.Archiver.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests.Sources;

/// <summary>
/// What every source does, each over the production registration and a real server behind something that breaks connections: the recording comes whole, goes on
/// where it broke off or fails, is never a mix of two files, and is missing in one way only.
/// </summary>
public abstract class RecordingSourceContract : IAsyncLifetime
{
    private const int BreakAt = 700_000;

    private WebApplication? _archiver;
    private CuttingProxy? _proxy;

    private protected byte[] Content { get; } = Wav.Create(milliseconds: 200_000, seed: 1); // 3.2 MB

    private protected byte[] Other { get; } = Wav.Create(milliseconds: 200_000, seed: 2);

    private protected CuttingProxy Proxy => _proxy!;

    private protected Guid RecordingId { get; } = Guid.CreateVersion7();

    /// <summary>Whether this source's server tells versions apart and serves ranges.</summary>
    protected virtual bool Resumes => true;

    protected abstract string Kind { get; }

    private protected IRecordingSource Source => Service<IEnumerable<IRecordingSource>>().Single(source => source.Kind == Kind);

    public async ValueTask InitializeAsync()
    {
        _proxy = new CuttingProxy(await StartServerAsync());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(Settings());
        builder.Configuration["BURQI_DATABASE_URL"] = "Host=nobody.invalid";
        builder.Configuration["Archiver:Download:RetryDelay"] = "00:00:00.005";
        builder.Configuration["Archiver:Download:BodyIdleTimeout"] = "00:00:02";
        builder.Configuration["Archiver:Azure:RetryDelay"] = "00:00:00.005";
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddArchiver();
        _archiver = builder.Build(); // never started: its workers have nothing to do with this
        Service<IStartupValidator>().Validate();
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_archiver is not null)
        {
            await _archiver.DisposeAsync();
        }

        await Proxy.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Open_Recording_ComesWhole()
    {
        await PutAsync(Content);

        await using var content = await OpenAsync();

        content.Length.ShouldBe(Content.Length);
        (await ReadAsync(content)).AsSpan().SequenceEqual(Content).ShouldBeTrue();
    }

    [Fact]
    public async Task Open_NothingThere_IsNotReadyAtFirstAndGoneLater()
    {
        var early = await Should.ThrowAsync<TransferException>(() => OpenAsync(tryingFor: TimeSpan.Zero));
        early.Failure.ShouldBe(TransferFailure.SourceNotReady);

        var late = await Should.ThrowAsync<TransferException>(() => OpenAsync(tryingFor: TimeSpan.FromHours(1)));
        late.Failure.ShouldBe(TransferFailure.SourceGone);
        late.Message.ShouldContain("404");
    }

    [Fact]
    public async Task Read_ConnectionBreaks_GoesOnOrFails()
    {
        await PutAsync(Content);
        Proxy.CutAnswers(times: 2, afterBytes: BreakAt, reset: false);

        await using var content = await OpenAsync();

        await ShouldGoOnOrFailAsync(content);
        Proxy.Made.ShouldBe(Resumes ? 2 : 1);
    }

    [Fact]
    public async Task Read_ConnectionIsReset_IsWholeOrFails()
    {
        await PutAsync(Content);
        Proxy.CutAnswers(times: 2, afterBytes: BreakAt);

        await using var content = await OpenAsync();
        try
        {
            (await ReadAsync(content)).AsSpan().SequenceEqual(Content).ShouldBeTrue();
        }
        catch (TransferException failure) when (!Resumes)
        {
            failure.Failure.ShouldBe(TransferFailure.SourceUnavailable);
        }
    }

    [Fact]
    public async Task Read_SourceStandsStill_GoesOnOrFails()
    {
        await PutAsync(Content);
        Proxy.FreezeAnswers(times: 1, afterBytes: BreakAt);

        await using var content = await OpenAsync();

        await ShouldGoOnOrFailAsync(content);
    }

    [Fact]
    public async Task Read_FileIsReplacedInBetween_IsNeverMixed()
    {
        await PutAsync(Content);
        Proxy.CutAnswers(times: 1, afterBytes: BreakAt, reset: false);
        await using var content = await OpenAsync();
        var beginning = new byte[1000];
        await content.Body.ReadExactlyAsync(beginning, TestContext.Current.CancellationToken);

        await PutAsync(Other);
        var failure = await Should.ThrowAsync<TransferException>(() => ReadAsync(content));

        failure.Failure.ShouldBe(Resumes ? TransferFailure.ContentMismatch : TransferFailure.SourceUnavailable);
        failure.IsPermanent.ShouldBeFalse();
        await using var anew = await OpenAsync();
        (await ReadAsync(anew)).AsSpan().SequenceEqual(Other).ShouldBeTrue();
    }

    [Fact]
    public async Task Open_DetailsAreNonsense_IsRefusedForGood() =>
        (await Should.ThrowAsync<TransferException>(() => OpenAsync("""{"of":"another source"}"""))).Failure.ShouldBe(TransferFailure.Refused);

    /// <summary>Starts the source's server.</summary>
    private protected abstract Task<Uri> StartServerAsync();

    /// <summary>The archiver's settings, with which it goes through <see cref="Proxy"/>.</summary>
    private protected abstract IReadOnlyDictionary<string, string?> Settings();

    /// <summary>Has the server hold this recording, instead of the one it held.</summary>
    private protected abstract Task PutAsync(byte[] content);

    /// <summary>What the source writes into a job for the recording.</summary>
    private protected abstract string Details();

    private protected Task<SourceContent> OpenAsync(string? details = null, TimeSpan tryingFor = default) =>
        Source.OpenAsync(new SourceRequest(RecordingId, details ?? Details(), tryingFor), TestContext.Current.CancellationToken);

    private protected T Service<T>()
        where T : notnull => _archiver!.Services.GetRequiredService<T>();

    private protected static async Task<byte[]> ReadAsync(SourceContent content)
    {
        using var read = new MemoryStream();
        await content.Body.CopyToAsync(read, TestContext.Current.CancellationToken);
        return read.ToArray();
    }

    private async Task ShouldGoOnOrFailAsync(SourceContent content)
    {
        if (Resumes)
        {
            (await ReadAsync(content)).AsSpan().SequenceEqual(Content).ShouldBeTrue();
        }
        else
        {
            (await Should.ThrowAsync<TransferException>(() => ReadAsync(content))).Failure.ShouldBe(TransferFailure.SourceUnavailable);
        }
    }
}
