using System.Net;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Catalog.Tests.Database;

/// <summary>A database that goes away and comes back: requests are told so, messages wait, nothing is lost.</summary>
public sealed class DatabaseOutageTests(DatabaseOutageTests.OwnServerHost catalog) : IClassFixture<DatabaseOutageTests.OwnServerHost>
{
    [Fact]
    public async Task Outage_RequestsGet503_MessagesWait_AndAllIsWellAfterwards()
    {
        using var retries = new MetricCounter("burqi.catalog.write.retries", catalog.Services);
        var before = new Told();
        await catalog.TellAsync(before.Started());
        (await StatusAsync("/health/ready")).ShouldBe(HttpStatusCode.OK);

        await catalog.Postgres.KillAsync();
        var during = new Told();
        var messages = new List<Guid>();
        for (var index = 0; index < 10; index++)
        {
            messages.Add(await catalog.PublishAsync(during.Captured()));
        }

        messages.Add(await catalog.PublishAsync(before.Archived("k")));
        await Eventually.BecomesTrueAsync(() => retries.Total >= 5);
        (await StatusAsync("/health/ready")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await StatusAsync("/health/live")).ShouldBe(HttpStatusCode.OK);
        using (var refused = await catalog.Client.GetAsync(new Uri("/recordings", UriKind.Relative)))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
            (await refused.Content.ReadAsStringAsync()).ShouldNotContain("127.0.0.1");
        }

        await catalog.Postgres.RestartAsync();
        foreach (var message in messages)
        {
            await catalog.ConsumedAsync(message);
        }

        (await catalog.RecordingAsync(during.Id)).ShouldHave(("status", "captured"));
        (await catalog.RecordingAsync(before.Id)).ShouldHave(("status", "completed"));
        await Eventually.BecomesTrueAsync(async () => await StatusAsync("/health/ready") == HttpStatusCode.OK);
    }

    private async Task<HttpStatusCode> StatusAsync(string route)
    {
        using var response = await catalog.AnonymousClient.GetAsync(new Uri(route, UriKind.Relative));
        return response.StatusCode;
    }

    public sealed class OwnServerHost : CatalogHost
    {
        public PostgresServer Postgres { get; private set; } = null!;

        protected override async Task<string> ConnectionStringAsync()
        {
            Postgres = await PostgresServer.StartAsync();
            return await Postgres.CreateDatabaseAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Postgres.DisposeAsync();
            GC.SuppressFinalize(this);
        }
    }
}
