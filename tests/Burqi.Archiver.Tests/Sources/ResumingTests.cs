using System.Globalization;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Sources;
using Burqi.Archiver.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Archiver.Tests.Sources;

/// <summary>What a source may and may not do in the middle of a recording, over a real server that does it.</summary>
public sealed class ResumingTests : IAsyncLifetime
{
    private const string Path = "/recording.wav";
    private const string Tag = "\"one\"";
    private const int BreakAt = 300_000;

    private readonly byte[] _content = Wav.Create(60_000, seed: 1); // 960 kB
    private readonly byte[] _other = Wav.Create(60_000, seed: 2);
    private HttpPeer _peer = null!;
    private ServiceProvider _services = null!;

    private RecordingDownload Download => _services.GetRequiredService<RecordingDownload>();

    public async ValueTask InitializeAsync()
    {
        _peer = await HttpPeer.StartAsync();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Archiver:Download:RetryDelay"] = "00:00:00.001",
                ["Archiver:Download:BodyIdleTimeout"] = "00:00:01",
            })
            .Build());
        services.AddSingleton(TimeProvider.System);
        services.AddOptions<ArchiverOptions>();
        services.AddRecordingSources();
        _services = services.BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _peer.DisposeAsync();
    }

    [Theory]
    [InlineData(Tag, null)]
    [InlineData(null, "Thu, 15 Jan 2026 10:20:30 GMT")]
    public async Task Read_BreaksOffTwice_GoesOnFromTheByteItStoppedAt(string? tag, string? lastModified)
    {
        var asked = new List<(string Range, string Condition)>();
        Serve((context, number) =>
        {
            Version(context, tag, lastModified);
            asked.Add((context.Request.Headers.Range.ToString(), context.Request.Headers.IfRange.ToString()));
            return number < 2 ? BreakOffAsync(context, _content, From(context), BreakAt) : RestAsync(context, _content);
        });

        (await ReadAsync()).AsSpan().SequenceEqual(_content).ShouldBeTrue();

        asked.Count.ShouldBe(3);
        asked[0].ShouldBe(("", ""));
        asked[1].Range.ShouldMatch(@"\Abytes=[1-9][0-9]*-\z");
        asked.Skip(1).ShouldAllBe(request => request.Condition == (tag ?? lastModified));
    }

    [Fact]
    public async Task Read_IsReset_GoesOn()
    {
        Serve(async (context, number) =>
        {
            Version(context);
            await RestAsync(context, _content, number == 0 ? BreakAt : null);
            await context.Response.Body.FlushAsync();
            if (number == 0)
            {
                context.Abort();
            }
        });

        (await ReadAsync()).AsSpan().SequenceEqual(_content).ShouldBeTrue();
    }

    [Fact]
    public async Task Read_StandsStill_GoesOn()
    {
        Serve(async (context, number) =>
        {
            Version(context);
            if (number > 0)
            {
                await RestAsync(context, _content);
                return;
            }

            context.Response.ContentLength = _content.Length;
            await context.Response.Body.WriteAsync(_content.AsMemory(0, BreakAt));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

        (await ReadAsync()).AsSpan().SequenceEqual(_content).ShouldBeTrue();
    }

    [Fact]
    public async Task Read_AnswersAnErrorWhenAskedToGoOn_IsAskedAgain()
    {
        Serve((context, number) =>
        {
            Version(context);
            context.Response.StatusCode = number is > 0 and < 4 ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
            return number switch
            {
                0 => BreakOffAsync(context, _content, 0, BreakAt),
                < 4 => Task.CompletedTask, // with its repetitions
                _ => RestAsync(context, _content),
            };
        });

        (await ReadAsync()).AsSpan().SequenceEqual(_content).ShouldBeTrue();
    }

    [Fact]
    public async Task Read_BreaksOffAgainAndAgain_FailsAfterSome()
    {
        var requests = 0;
        Serve((context, _) =>
        {
            requests++;
            Version(context);
            return BreakOffAsync(context, _content, From(context), 1000);
        });

        (await FailsAsync()).ShouldBe((TransferFailure.SourceUnavailable, $"The source ended after 4000 of {_content.Length} bytes."));

        requests.ShouldBe(4);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("W/\"one\"")]
    public async Task Read_BreaksOffWithoutAVersion_IsNotContinued(string? tag)
    {
        var requests = 0;
        Serve((context, _) =>
        {
            requests++;
            Version(context, tag);
            return BreakOffAsync(context, _content, 0, BreakAt);
        });

        (await FailsAsync()).Failure.ShouldBe(TransferFailure.SourceUnavailable);

        requests.ShouldBe(1);
    }

    [Fact]
    public async Task Read_BeginsAtTheStartInsteadOfGoingOn_IsNotContinued()
    {
        var requests = 0;
        Serve((context, number) =>
        {
            requests++;
            Version(context);
            context.Request.Headers.Range = "";
            return number == 0 ? BreakOffAsync(context, _content, 0, BreakAt) : RestAsync(context, _content);
        });

        (await FailsAsync()).ShouldBe((TransferFailure.SourceUnavailable, $"The source ended after {BreakAt} of {_content.Length} bytes."));

        requests.ShouldBe(2);
    }

    [Theory]
    [InlineData("200, another file")]
    [InlineData("206, another tag")]
    [InlineData("206, no tag")]
    [InlineData("206, another length")]
    [InlineData("412")]
    [InlineData("416")]
    public async Task Read_FileChangesInBetween_IsNeverMixed(string how)
    {
        Serve((context, number) =>
        {
            if (number == 0)
            {
                Version(context);
                return BreakOffAsync(context, _content, 0, BreakAt);
            }

            Version(context, how switch { "206, no tag" => null, "206, another length" => Tag, _ => "\"two\"" });
            context.Response.StatusCode = int.Parse(how.AsSpan(0, 3), CultureInfo.InvariantCulture);
            return context.Response.StatusCode switch
            {
                200 => HttpPeer.WriteAsync(context, _other),
                206 => RestAsync(context, how.Contains("length") ? [.. _other, 0, 0] : _other),
                _ => Task.CompletedTask,
            };
        });

        (await FailsAsync()).ShouldBe(
            (TransferFailure.ContentMismatch, "The source has another file now than the one that was being read: it is fetched anew from its first byte."));
    }

    [Theory]
    [InlineData("bytes 0-959999/{0}")]
    [InlineData("bytes {1}-{0}/{0}")]
    [InlineData("bytes {1}-{1}/{0}")]
    [InlineData("items {1}-{2}/{0}")]
    [InlineData("")]
    public async Task Read_GoesOnWithAFalseRange_IsRefused(string range)
    {
        Serve((context, number) =>
        {
            Version(context);
            if (number == 0)
            {
                return BreakOffAsync(context, _content, 0, BreakAt);
            }

            var from = From(context);
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = string.Format(CultureInfo.InvariantCulture, range, _content.Length, from, _content.Length - 1);
            context.Response.ContentLength = _content.Length - from;
            return context.Response.Body.WriteAsync(_other.AsMemory(from)).AsTask();
        });

        var (failure, message) = await FailsAsync();

        failure.ShouldBe(TransferFailure.ContentMismatch);
        message.ShouldStartWith("The source answered with a false Content-Range: ");
    }

    [Theory]
    [InlineData("bytes 44-959999/960044")]
    [InlineData("bytes 0-99/960044")]
    public async Task Open_HoldsARangeThatNobodyAskedFor_IsRefused(string range)
    {
        Serve((context, _) =>
        {
            context.Response.Headers.ContentRange = range;
            return HttpPeer.WriteAsync(context, _content);
        });

        (await FailsAsync()).Message.ShouldBe($"The source answered with a false Content-Range: '{range}' where the bytes from 0 were asked for.");
    }

    [Fact]
    public async Task Open_AllOfItIsCalledARange_IsRead()
    {
        Serve((context, _) =>
        {
            context.Response.Headers.ContentRange = $"bytes 0-{_content.Length - 1}/{_content.Length}";
            return context.Response.Body.WriteAsync(_content).AsTask(); // and its length nowhere else
        });

        (await ReadAsync()).AsSpan().SequenceEqual(_content).ShouldBeTrue();
    }

    [Fact]
    public async Task Read_EndsEarlyWithoutSayingSo_IsNotTakenForWhole()
    {
        Serve((context, _) =>
        {
            context.Response.Headers.ContentRange = $"bytes 0-{_content.Length - 1}/{_content.Length}";
            return context.Response.Body.WriteAsync(_content.AsMemory(0, BreakAt)).AsTask(); // chunked, and properly ended
        });

        (await FailsAsync()).ShouldBe((TransferFailure.SourceUnavailable, $"The source ended after {BreakAt} of {_content.Length} bytes."));
    }

    [Fact]
    public async Task Open_RedirectsWhereNoneIsFollowed_IsRefused()
    {
        Serve((context, _) =>
        {
            context.Response.Redirect("https://elsewhere.example/recording.wav");
            return Task.CompletedTask;
        });

        (await FailsAsync()).ShouldBe((TransferFailure.SourceUnavailable, "The source redirected to another address, and is not followed."));
    }

    private static void Version(HttpContext context, string? tag = Tag, string? lastModified = null)
    {
        context.Response.Headers.ETag = tag;
        context.Response.Headers.LastModified = lastModified;
    }

    private static int From(HttpContext context) =>
        context.Request.GetTypedHeaders().Range is { } range ? (int)range.Ranges.Single().From!.Value : 0;

    /// <summary>Ends before all that was announced is sent. The connection stays: what a reset takes with it is up to the network.</summary>
    private static Task BreakOffAsync(HttpContext context, byte[] content, int from, int after)
    {
        Announce(context, content, from);
        context.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        context.Response.ContentLength = null;
        return context.Response.Body.WriteAsync(content.AsMemory(from, after)).AsTask();
    }

    private static Task RestAsync(HttpContext context, byte[] content, int? of = null)
    {
        Announce(context, content, From(context));
        return context.Response.Body.WriteAsync(of is { } length ? content.AsMemory(From(context), length) : content.AsMemory(From(context))).AsTask();
    }

    private static void Announce(HttpContext context, byte[] content, int from)
    {
        context.Response.ContentLength = content.Length - from;
        if (from > 0)
        {
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }
    }

    private void Serve(Func<HttpContext, int, Task> answer) => _peer.Answers[Path] = answer;

    private async Task<byte[]> ReadAsync()
    {
        var request = new DownloadRequest(new Uri(_peer.BaseUrl + Path));
        var cancellation = TestContext.Current.CancellationToken;
        await using var content = await Download.OpenBodyAsync(await Download.GetAsync(request, cancellation), request, cancellation);
        using var read = new MemoryStream();
        await content.Body.CopyToAsync(read, cancellation);
        return read.ToArray();
    }

    private async Task<(TransferFailure Failure, string Message)> FailsAsync()
    {
        var exception = await Should.ThrowAsync<TransferException>(ReadAsync);
        exception.IsPermanent.ShouldBeFalse();
        return (exception.Failure, exception.Message);
    }
}
