using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Burqi.Hosting.Tests.Web;

public class ProblemTests
{
    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task Request_EndpointThrows_AnswersProblemWithCallersTraceIdAndNoText(string environment)
    {
        await using var app = Build(environment);
        await app.StartAsync();
        using var client = app.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/throws");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var response = await client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldNotContain("secret");
        text.ShouldNotContain("InvalidOperationException");
        JsonSerializer.Deserialize<JsonElement>(text).GetProperty("trace_id").GetString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
    }

    [Fact]
    public async Task Request_NoSuchRoute_AnswersProblem()
    {
        await using var app = Build("Production");
        await app.StartAsync();
        using var client = app.CreateClient();

        using var response = await client.GetAsync("/nowhere");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("status").GetInt32().ShouldBe(404);
        problem.GetProperty("trace_id").GetString()!.Length.ShouldBe(32);
        problem.TryGetProperty("traceId", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Request_BodyIsTooLarge_AnswersProblem413()
    {
        await using var app = Build("Production");
        await app.StartAsync();
        using var client = app.CreateClient();
        using var content = new ByteArrayContent(new byte[(2 * 1024 * 1024) + 1]);

        using var response = await client.PostAsync("/echo", content);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        response.Headers.Server.ShouldBeEmpty();
    }

    private static WebApplication Build(string environment) => TestHost.Build(
        new Dictionary<string, string>(StringComparer.Ordinal) { ["environment"] = environment },
        map: app =>
        {
            app.MapGet("/throws", IResult () => throw new InvalidOperationException("a secret"));
            app.MapPost("/echo", async (HttpRequest request) =>
            {
                using var reader = new StreamReader(request.Body, Encoding.UTF8);
                return await reader.ReadToEndAsync();
            });
        });
}
