using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Burqi.Catalog.Tests.Fixtures;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Tests.Hostile;

/// <summary>Whatever is sent to whichever route: nothing fails, nothing that was sent becomes SQL, a path or a header, and nothing of the inside is shown.</summary>
public sealed partial class HostileTests(HostileTests.WatchedHost catalog) : IClassFixture<HostileTests.WatchedHost>
{
    private const int RequestsForEach = 12;

    private static readonly string[] Parameters =
    [
        "call_id", "provider", "status", "direction", "assistant_id", "from_address", "to_address", "completeness", "recording_source", "recording_type", "recording_sid", "number",
        "min_duration_ms", "max_duration_ms", "started_after", "started_before", "sort", "cursor", "limit", "events_cursor", "from", "to", "group_by", "month", "format", "text", "older_than", "after", "head",
    ];

    private static readonly string[] Properties =
    [
        "media_url", "recording_settings", "twilio_credentials", "retention", "delete_at_provider_after_days", "reason", "name", "scopes", "assistants", "requests_per_minute", "expires_at",
        "expires_in_seconds", "grace_seconds", "key", "identity", "enabled", "format",
    ];

    private static readonly string[] Headers = ["If-None-Match", "If-Match", "If-Range", "If-Modified-Since", "Range", "Accept", "Cookie", "X-Burqi-Request", "Origin", "X-Forwarded-For", "traceparent", "Content-Language"];

    [Fact]
    public async Task Any_RouteAndInput_NeitherFailsNorLetsAnythingThrough()
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted(), told.CallEnded(), told.Archived());
        var endpoints = catalog.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => (endpoint.RoutePattern, Method: method)))
            .ToArray();
        endpoints.Length.ShouldBeGreaterThan(30);

        var answered = new HashSet<int>();
        foreach (var (pattern, method) in endpoints)
        {
            foreach (var attempt in Gen.Sample(Attempts(pattern, method, told), RequestsForEach))
            {
                using var request = attempt.Request(catalog.Client.BaseAddress!);
                using var response = await catalog.Client.SendAsync(request);
                var body = await response.Content.ReadAsStringAsync();
                answered.Add((int)response.StatusCode);

                var failed = (int)response.StatusCode >= 500 && !(attempt.Route == "/twilio/token" && response.StatusCode == HttpStatusCode.ServiceUnavailable);
                failed.ShouldBeFalse($"{attempt}\n{(int)response.StatusCode} {body}\n{catalog.Logged.LastOrDefault(line => line.Contains("xception", StringComparison.Ordinal))}");
                response.Headers.Concat(response.Content.Headers).ShouldNotContain(header => header.Key == "X-Injected", attempt.ToString());
                // What is no HTTP is refused by the server itself, before anything of ours is asked.
                (response.Headers.TryGetValues("X-Content-Type-Options", out var sniffing) ? sniffing.Single() == "nosniff" : (int)response.StatusCode is 400 or 414 or 431 && body.Length == 0)
                    .ShouldBeTrue(attempt.ToString());
                Inside().IsMatch(body).ShouldBeFalse($"{attempt}\n{body}");
            }
        }

        // Not all of it was refused at the door.
        new[] { 200, 400, 404 }.ShouldBeSubsetOf(answered);
        catalog.Logged.ShouldNotContain(line => Sql().IsMatch(line));
        (await catalog.RecordingAsync(told.Id))["call_id"]!.GetValue<string>().ShouldBe(told.CallId);
    }

    private static Gen<Attempt> Attempts(Microsoft.AspNetCore.Routing.Patterns.RoutePattern pattern, string method, Told told)
    {
        var route = "/" + pattern.RawText!.Trim('/');
        var harmless = method != "DELETE";
        var paths = pattern.Parameters.Aggregate(
            Gen.Constant(route),
            (path, parameter) => path.Zip(Segment(parameter.Name, harmless ? told : null), (text, value) => text.Replace($"{{{parameter.Name}}}", value, StringComparison.Ordinal)));
        var queries = Gen.OneOf(Gen.Elements(Parameters), HostileInput.Escaped).Zip(HostileInput.Escaped, (name, value) => $"{name}={value}").ArrayOf()
            .Select(parameters => parameters.Length == 0 ? "" : $"?{string.Join('&', parameters.Take(3))}");
        var headers = Gen.Elements(Headers).Zip(HostileInput.Header);
        var bodies = method is "POST" or "PUT" ? HostileInput.Body(Properties).Select(body => (string?)body) : Gen.Constant<string?>(null);
        return paths.Zip(queries).Zip(headers).Zip(bodies, (drawn, body) => new Attempt(route, method, drawn.Item1.Item1 + drawn.Item1.Item2, drawn.Item2, body));
    }

    /// <summary>Every other time what there is, so that the rest of the request is looked at.</summary>
    private static Gen<string> Segment(string name, Told? told) => (told, name) switch
    {
        ({ } known, "call_id") => Gen.OneOf(Gen.Constant(known.CallId), Filled()),
        ({ } known, "recording_id" or "id") => Gen.OneOf(Gen.Constant(known.Id.ToString("D")), Filled()),
        _ => Filled(),
    };

    private static Gen<string> Filled() => HostileInput.Escaped.Select(text => text.Length == 0 ? "x" : text);

    [GeneratedRegex(@"Npgsql|PostgresException|\bat Burqi\.|\bat System\.|relation .?catalog\.|root:x:", RegexOptions.IgnoreCase)]
    private static partial Regex Inside();

    [GeneratedRegex(@"\b(select|insert into|update|delete from)\b.*\bcatalog\.|syntax error|PostgresException|unhandled exception", RegexOptions.IgnoreCase)]
    private static partial Regex Sql();

    private sealed record Attempt(string Route, string Method, string Address, (string Name, string Value) Header, string? Body)
    {
        public HttpRequestMessage Request(Uri origin)
        {
            // As it was drawn: what a browser would put right first is what others send.
            var request = new HttpRequestMessage(
                new HttpMethod(Method),
                new Uri(origin.GetLeftPart(UriPartial.Authority) + Address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            request.Headers.TryAddWithoutValidation(Header.Name, Header.Value);
            if (Body is not null)
            {
                request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            }

            return request;
        }
    }

    /// <summary>Keeps what is logged, and lets one key ask as often as it likes.</summary>
    public sealed class WatchedHost : CatalogHost
    {
        internal ConcurrentQueue<string> Logged { get; } = [];

        protected override Task<Dictionary<string, string>> SettingsAsync() => Task.FromResult(new Dictionary<string, string> { ["BURQI_API_REQUESTS_PER_MINUTE"] = "100000" });

        protected override void ConfigureServices(IServiceCollection services) => services.AddSingleton<ILoggerProvider>(new Watch(Logged));
    }

    private sealed class Watch(ConcurrentQueue<string> logged) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logged.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
