using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Burqi.Cli.Tests.Api;

/// <summary>A real HTTP server on a loopback port that answers as a Burqi would, or as something else would, and remembers what it was asked.</summary>
internal sealed class StubApi : IAsyncDisposable
{
    public const string Key = "key-of-the-tools-tests";

    private readonly WebApplication _app;

    private StubApi(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>Method, path with query, and body of each request.</summary>
    public ConcurrentQueue<(string Method, string Target, string Body)> Seen { get; } = new();

    /// <summary>Starts one whose answers <paramref name="answer"/> gives, by the number of the request.</summary>
    public static async Task<StubApi> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var api = new StubApi(app);
        app.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            var number = api.Seen.Count;
            api.Seen.Enqueue((context.Request.Method, context.Request.Path + context.Request.QueryString.ToString(), await body.ReadToEndAsync()));
            if (context.Request.Headers.Authorization != $"Bearer {Key}")
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            await answer(context, number);
        });
        await app.StartAsync();
        return api;
    }

    public static async Task WriteAsync(HttpContext context, int status, string body, string type = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
