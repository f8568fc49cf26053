using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Burqi.EndToEnd.Tests.Archiving;

/// <summary>Where recordings are fetched from; each request for one is answered as a test says.</summary>
internal sealed class FaultySource : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, (Func<HttpContext, Task>[] Answers, int Asked)> _paths = new(StringComparer.Ordinal);
    private readonly WebApplication _app;
    private readonly WebApplication _elsewhere;
    private int _askedElsewhere;

    private FaultySource(WebApplication app, WebApplication elsewhere) => (_app, _elsewhere) = (app, elsewhere);

    public string Address => _app.Urls.First();

    /// <summary>Another host, which nobody has any business with.</summary>
    public string Elsewhere => _elsewhere.Urls.First();

    /// <summary>How often that one was asked.</summary>
    public int AskedElsewhere => Volatile.Read(ref _askedElsewhere);

    public static async Task<FaultySource> StartAsync()
    {
        var source = new FaultySource(Build(), Build());
        source._app.Run(source.AnswerAsync);
        source._elsewhere.Run(context =>
        {
            Interlocked.Increment(ref source._askedElsewhere);
            return context.Response.WriteAsync("You should not be here.");
        });
        await source._app.StartAsync();
        await source._elsewhere.StartAsync();
        return source;
    }

    /// <summary>The n-th request of a path gets the n-th answer; further ones get the last.</summary>
    public void Serve(string path, params Func<HttpContext, Task>[] answers) => _paths[path] = (answers, 0);

    public static Func<HttpContext, Task> Whole(byte[] content, string version = "1") => context =>
        Results.Bytes(content, "audio/wav", enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{version}\"")).ExecuteAsync(context);

    /// <summary>Says how long it is, sends a part of it, and breaks off.</summary>
    public static Func<HttpContext, Task> BrokenOff(byte[] content, string version = "1") => async context =>
    {
        await SendPartAsync(context, content, version);
        context.Abort();
    };

    /// <summary>Sends a part of it, and then nothing.</summary>
    public static Func<HttpContext, Task> Stalled(byte[] content, Action? stalled = null) => async context =>
    {
        await SendPartAsync(context, content, "1");
        stalled?.Invoke();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    };

    /// <summary>Sends less than there is, and says that it is all.</summary>
    public static Func<HttpContext, Task> Cut(byte[] content) => context => Results.Bytes(content[..(content.Length / 2)], "audio/wav").ExecuteAsync(context);

    public static Func<HttpContext, Task> Redirected(string to) => context =>
    {
        context.Response.Redirect(to);
        return Task.CompletedTask;
    };

    public static Func<HttpContext, Task> Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _elsewhere.DisposeAsync();
    }

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        return builder.Build();
    }

    private static async Task SendPartAsync(HttpContext context, byte[] content, string version)
    {
        context.Response.Headers.ETag = $"\"{version}\"";
        context.Response.Headers.AcceptRanges = "bytes";
        context.Response.ContentType = "audio/wav";
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content.AsMemory(0, content.Length * 3 / 4), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (!_paths.ContainsKey(context.Request.Path.Value!))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var (answers, asked) = _paths.AddOrUpdate(context.Request.Path.Value!, _ => throw new InvalidOperationException(), (_, served) => (served.Answers, served.Asked + 1));
        return answers[Math.Min(asked, answers.Length) - 1](context);
    }
}
