using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Burqi.EndToEnd.Tests.Archiving;

/// <summary>What becomes of a request to the store, or of its answer.</summary>
internal enum StoreFault
{
    None,

    /// <summary>The store fails: 500.</summary>
    Error,

    /// <summary>The store is too busy: 503.</summary>
    Busy,

    /// <summary>The connection is reset before the store hears anything.</summary>
    Reset,

    /// <summary>The store does it, and the answer is lost.</summary>
    AnswerLost,

    /// <summary>Nothing ever comes back.</summary>
    Hang,

    /// <summary>The connection breaks in the middle of what is read.</summary>
    ShortAnswer,

    /// <summary>What is read is not what was written.</summary>
    Lie,
}

/// <summary>A request to the store.</summary>
/// <param name="Operation">What is asked: put, begin, part, complete, abort, read, head, copy, delete or list.</param>
/// <param name="Key">The object's.</param>
/// <param name="Client">Who asks: the place of the endpoint that was used.</param>
internal sealed record StoreRequest(string Operation, string Key, int Client);

/// <summary>Stands between archivers and a real S3 server, with an endpoint for each archiver, and does to their requests what a test says.</summary>
internal sealed class FaultyStore : IAsyncDisposable
{
    // Set by whoever carries the message on.
    private static readonly HashSet<string> NotPassedOn = new(["Host", "Connection", "Expect", "Transfer-Encoding", "Keep-Alive"], StringComparer.OrdinalIgnoreCase);

    private readonly HttpClient _server = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None })
    {
        Timeout = TimeSpan.FromMinutes(2),
    };

    private readonly ConcurrentQueue<StoreRequest> _seen = new();
    private readonly WebApplication _app;
    private readonly string _endpoint;
    private volatile Func<StoreRequest, StoreFault> _plan = _ => StoreFault.None;
    private StoreHold? _hold;
    private int _made;

    private FaultyStore(WebApplication app, string endpoint) => (_app, _endpoint) = (app, endpoint);

    public IReadOnlyList<string> Endpoints { get; private set; } = [];

    /// <summary>What it was asked, in order.</summary>
    public IReadOnlyList<StoreRequest> Seen => [.. _seen];

    /// <summary>How many requests were done a fault to.</summary>
    public int FaultsMade => Volatile.Read(ref _made);

    public static async Task<FaultyStore> StartAsync(string endpoint, int clients)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            for (var i = 0; i < clients; i++)
            {
                options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            }
        });
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var store = new FaultyStore(app, endpoint);
        app.Run(store.AnswerAsync);
        await app.StartAsync();
        store.Endpoints = [.. app.Urls.Select(url => url.TrimEnd('/'))];
        return store;
    }

    /// <summary>Decides from now on what becomes of each request.</summary>
    public void Misbehave(Func<StoreRequest, StoreFault> plan) => _plan = plan;

    /// <summary>From now on all is well.</summary>
    public void Behave() => _plan = _ => StoreFault.None;

    /// <summary>Holds the next request of a kind up.</summary>
    /// <param name="operation">Of which kind.</param>
    /// <param name="done">Whether the store does it first, and its answer is what is held.</param>
    public StoreHold HoldNext(string operation, bool done)
    {
        var hold = new StoreHold(operation, done);
        Volatile.Write(ref _hold, hold);
        return hold;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _server.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = Describe(context);
        _seen.Enqueue(request);
        var fault = _plan(request);
        if (fault != StoreFault.None)
        {
            Interlocked.Increment(ref _made);
        }

        try
        {
            var hold = Volatile.Read(ref _hold) is { } held && held.Operation == request.Operation && Interlocked.CompareExchange(ref _hold, null, held) == held ? held : null;
            if (hold is { Done: false })
            {
                await hold.StopAsync(request, context.RequestAborted);
            }

            await (fault switch
            {
                StoreFault.Error => RefuseAsync(context, StatusCodes.Status500InternalServerError, "InternalError"),
                StoreFault.Busy => RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "SlowDown"),
                StoreFault.Reset => AbortAsync(context),
                StoreFault.Hang => Task.Delay(Timeout.Infinite, context.RequestAborted),
                _ => PassOnAsync(context, request, fault, hold),
            });
        }
        catch (Exception gone) when (gone is OperationCanceledException or HttpRequestException or IOException or SocketException)
        {
            context.Abort(); // one side is gone
        }
    }

    private async Task PassOnAsync(HttpContext context, StoreRequest request, StoreFault fault, StoreHold? hold)
    {
        using var asked = Copy(context.Request);
        using var answer = await _server.SendAsync(asked, context.RequestAborted);
        if (hold is not null)
        {
            await hold.StopAsync(request, context.RequestAborted);
        }

        if (fault == StoreFault.AnswerLost)
        {
            await AbortAsync(context);
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !NotPassedOn.Contains(header.Key)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        if (fault == StoreFault.Lie && body.Length > 0)
        {
            body[body.Length / 2] ^= 1;
        }

        if (fault == StoreFault.ShortAnswer)
        {
            await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await AbortAsync(context);
            return;
        }

        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private HttpRequestMessage Copy(HttpRequest request)
    {
        // The text as it came: it is signed.
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var copy = new HttpRequestMessage(new HttpMethod(request.Method), Verbatim(_endpoint + target));
        if (request.ContentLength is not null || request.Headers.TransferEncoding.Count > 0)
        {
            copy.Content = new StreamContent(request.Body);
        }

        foreach (var (name, values) in request.Headers.Where(header => !NotPassedOn.Contains(header.Key)))
        {
            if (!copy.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                copy.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        copy.Headers.Host = request.Host.Value;
        return copy;
    }

    private static Uri Verbatim(string url)
    {
        var asItIs = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        return new Uri(url, in asItIs);
    }

    private StoreRequest Describe(HttpContext context)
    {
        var (request, query) = (context.Request, context.Request.Query);
        var (_, key) = request.Path.Value!.TrimStart('/').Split('/', 2) switch { [var bucket, var name] => (bucket, name), [var bucket] => (bucket, ""), _ => ("", "") };
        var operation = request.Method switch
        {
            _ when key.Length == 0 => "list",
            "PUT" when query.ContainsKey("partNumber") => "part",
            "PUT" when request.Headers.ContainsKey("x-amz-copy-source") => "copy",
            "PUT" => "put",
            "POST" when query.ContainsKey("uploads") => "begin",
            "POST" => "complete",
            "DELETE" when query.ContainsKey("uploadId") => "abort",
            "DELETE" => "delete",
            "HEAD" => "head",
            _ => "read",
        };
        var port = context.Connection.LocalPort;
        return new StoreRequest(operation, key, Endpoints.TakeWhile(endpoint => new Uri(endpoint).Port != port).Count());
    }

    private static async Task RefuseAsync(HttpContext context, int status, string code)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.WriteAsync($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>As the test says.</Message></Error>", context.RequestAborted);
        }
    }

    private static Task AbortAsync(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }
}

/// <summary>One request that is held up until it is let go.</summary>
internal sealed class StoreHold(string operation, bool done)
{
    private readonly TaskCompletionSource<StoreRequest> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Operation => operation;

    public bool Done => done;

    /// <summary>Waits until there is such a request.</summary>
    public Task<StoreRequest> ReachedAsync() => _reached.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public void Release() => _released.TrySetResult();

    public async Task StopAsync(StoreRequest request, CancellationToken gone)
    {
        _reached.TrySetResult(request);
        await _released.Task.WaitAsync(gone);
    }
}
