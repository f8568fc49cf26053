using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Hosting.Tests.Health;

public class HealthEndpointsTests
{
    [Fact]
    public async Task Ready_CheckOfTheServiceThrows_NamesTheExceptionsTypeOnly()
    {
        await using var app = TestHost.Build(
            new Dictionary<string, string>(StringComparer.Ordinal),
            addServices: builder => builder.Services.AddHealthChecks()
                .AddCheck("database", () => throw new InvalidOperationException("Host=db;Password=secret"), tags: ["ready"])
                .AddCheck("other", () => HealthCheckResult.Unhealthy("never asked")));
        await app.StartAsync();
        using var client = app.CreateClient();

        using var response = await client.GetAsync("/health/ready");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        var checks = await BusProcess.ReadChecksAsync(response);
        checks["database"].ShouldBe(new BusProcess.Check("unhealthy", "the check failed with InvalidOperationException"));
        checks.ShouldNotContainKey("other");
    }
}
