using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Tests.Support;

/// <summary>Twilio's REST API in so far as a test says what it answers.</summary>
internal sealed class TwilioRestStub : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TwilioRestStub(WebApplication app) => _app = app;

    public string Url => _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();

    /// <summary>What was asked, in order: method, path, form and the Authorization header.</summary>
    public ConcurrentQueue<(string Method, string Path, string Form, string? Authorization)> Requests { get; } = new();

    /// <summary>Answers the request of this number, from 1.</summary>
    public Func<HttpContext, int, Task> Answer { get; set; } = (context, _) => RespondAsync(context, 200, """{"status":"paused"}""");

    public static async Task<TwilioRestStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var stub = new TwilioRestStub(app);
        app.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            stub.Requests.Enqueue((context.Request.Method, context.Request.Path, await body.ReadToEndAsync(), context.Request.Headers.Authorization));
            await stub.Answer(context, stub.Requests.Count);
        });
        await app.StartAsync();
        return stub;
    }

    public static Task RespondAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
