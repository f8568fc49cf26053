using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.Tests.Support;

/// <summary>A real HTTP server on a loopback port that answers as a test tells it to, and remembers what it was asked.</summary>
internal sealed class HttpPeer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SeenRequest> _seen = new();

    private HttpPeer(WebApplication app) => _app = app;

    public string BaseUrl => _app.Urls.First();

    public IReadOnlyList<SeenRequest> Seen => [.. _seen];

    /// <summary>Answers the n-th request (from 0) of a path; a path without an answer gets 404.</summary>
    public ConcurrentDictionary<string, Func<HttpContext, int, Task>> Answers { get; } = new();

    public static async Task<HttpPeer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var peer = new HttpPeer(app);
        app.Run(peer.AnswerAsync);
        await app.StartAsync();
        return peer;
    }

    /// <summary>Answers every request of a path with these bytes.</summary>
    public void Serve(string path, byte[] content) => Answers[path] = (context, _) => WriteAsync(context, content);

    public static async Task WriteAsync(HttpContext context, byte[] content)
    {
        context.Response.ContentType = "audio/wav";
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var number = _seen.Count(seen => seen.Path == path);
        _seen.Enqueue(new SeenRequest(context.Request.Method, path, context.Request.QueryString.Value ?? "", context.Request.Headers.Authorization.ToString()));
        if (Answers.TryGetValue(path, out var answer))
        {
            return answer(context, number);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}

internal sealed record SeenRequest(string Method, string Path, string Query, string Authorization);
