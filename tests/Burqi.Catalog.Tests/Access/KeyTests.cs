using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Access.Keys;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts.Access;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Tests.Access;

public sealed class KeyTests(CatalogHost catalog, KeyTests.Replica replica) : IClassFixture<KeyTests.Replica>
{
    private const string AnyRoute = "/calls?limit=1";

    [Fact]
    public async Task Create_ShowsTheKeyOnce()
    {
        using var response = await catalog.Client.PostAsJsonAsync("/keys", new
        {
            name = " night shift ",
            scopes = new[] { "recordings:play", "recordings:read", "recordings:play" },
            assistants = new[] { "front-desk", "sales" },
            requests_per_minute = 120,
            expires_at = "2999-01-01T00:00:00+01:00",
        });

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var made = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        made.ShouldHave(("name", "night shift"), ("requests_per_minute", 120), ("expires_at", "2998-12-31T23:00:00Z"), ("revoked_at", null), ("last_used_at", null));
        made["scopes"]!.ToJsonString().ShouldBe("[\"recordings:read\",\"recordings:play\"]");
        made["assistants"]!.ToJsonString().ShouldBe("[\"front-desk\",\"sales\"]");
        var key = made["key"]!.GetValue<string>();
        key.ShouldMatch("^bq_[A-Za-z0-9_-]{43}$");
        response.Headers.Location!.ToString().ShouldBe($"/keys/{made["id"]}");

        var shown = await catalog.Client.GetStringAsync(response.Headers.Location);
        shown.ShouldNotContain(key);
        JsonNode.Parse(shown)!.AsObject().ContainsKey("key").ShouldBeFalse();
        var listed = await catalog.Client.GetStringAsync(new Uri("/keys?limit=200", UriKind.Relative));
        listed.ShouldContain(made["id"]!.GetValue<string>());
        listed.ShouldNotContain(key);
        using var holder = KeyHolder.ClientWith(catalog, key);
        (await KeyHolder.GetAsync(holder, AnyRoute)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("{}", "name", "scopes")]
    [InlineData("{\"name\": \"\", \"scopes\": []}", "name", "scopes")]
    [InlineData("{\"name\": \"a\\u0000b\", \"scopes\": [\"admin\"]}", "name")]
    [InlineData("{\"name\": \"a\\ud800\", \"scopes\": [\"admin\"]}", "name")]
    [InlineData("{\"name\": \"a\", \"scopes\": [\"everything\"]}", "scopes")]
    [InlineData("{\"name\": \"a\", \"scopes\": \"admin\"}", "scopes")]
    [InlineData("{\"name\": \"a\", \"scopes\": [null]}", "scopes")]
    [InlineData("{\"name\": \"a\", \"scopes\": [\"admin\"], \"assistants\": [\"front-desk\"]}", "assistants")]
    [InlineData("{\"name\": \"a\", \"scopes\": [\"recordings:read\"], \"assistants\": []}", "assistants")]
    [InlineData("{\"name\": \"a\", \"scopes\": [\"recordings:read\"], \"assistants\": [\"../x\"]}", "assistants")]
    [InlineData("{\"name\": \"a\", \"scopes\": [\"admin\"], \"requests_per_minute\": 0}", "requests_per_minute")]
    [InlineData("{\"name\": \"a\", \"scopes\": [\"admin\"], \"requests_per_minute\": 1.5}", "requests_per_minute")]
    [InlineData("{\"name\": \"a\", \"scopes\": [\"admin\"], \"requests_per_minute\": 1e99}", "requests_per_minute")]
    [InlineData("{\"name\": \"a\", \"scopes\": [\"admin\"], \"expires_at\": \"2020-01-01T00:00:00Z\"}", "expires_at")]
    [InlineData("{\"name\": \"a\", \"scopes\": [\"admin\"], \"expires_at\": \"2999-01-01\"}", "expires_at")]
    [InlineData("{\"name\": \"a\", \"scopes\": [\"admin\"], \"expires_at\": \"9999-12-31T23:59:59Z\"}", "expires_at")]
    [InlineData("{\"name\": \"a\", \"scopes\": [\"admin\"], \"key\": \"bq_chosen\"}", "key")]
    [InlineData("{\"name\": \"a\", \"name\": \"b\", \"scopes\": [\"admin\"]}", "body")]
    [InlineData("null", "body")]
    public async Task Create_WithWhatMakesNoSense_SaysAllOfIt(string body, params string[] wrong)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await catalog.Client.PostAsync(new Uri("/keys", UriKind.Relative), content);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(error => error.Key).ShouldBe(wrong, ignoreOrder: true);
    }

    [Fact]
    public async Task Key_MadeOnOneReplica_OpensOnAnotherAtOnce()
    {
        // It has looked just before.
        using var other = await KeyHolder.CreateAsync(catalog, "recordings:read");
        (await KeyHolder.GetAsync(KeyHolder.ClientWith(replica, other.Key), AnyRoute)).ShouldBe(HttpStatusCode.OK);

        using var holder = await KeyHolder.CreateAsync(catalog, "recordings:read");
        using var there = KeyHolder.ClientWith(replica, holder.Key);
        (await KeyHolder.GetAsync(there, AnyRoute)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Revoke_HoldsOnEveryReplica()
    {
        using var holder = await KeyHolder.CreateAsync(catalog, "recordings:read");
        using var there = KeyHolder.ClientWith(replica, holder.Key);
        (await KeyHolder.GetAsync(there, AnyRoute)).ShouldBe(HttpStatusCode.OK);

        (await RevokeAsync(holder.Id)).ShouldBe(HttpStatusCode.NoContent);

        await IsClosedAsync(holder.Client);
        await IsClosedAsync(there);
        (await RevokeAsync(holder.Id)).ShouldBe(HttpStatusCode.NoContent);
        JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri($"/keys/{holder.Id}", UriKind.Relative)))!["revoked_at"].ShouldNotBeNull();
        (await RotateAsync(holder.Id, "{}")).Status.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Rotate_WithoutGrace_ClosesTheOldKey()
    {
        using var holder = await KeyHolder.CreateAsync(catalog, "recordings:read");
        var (status, body) = await RotateAsync(holder.Id, body: null);

        status.ShouldBe(HttpStatusCode.OK);
        body.ShouldHave(("id", holder.Id), ("previous_until", null));
        using var successor = KeyHolder.ClientWith(catalog, body["key"]!.GetValue<string>());
        (await KeyHolder.GetAsync(successor, AnyRoute)).ShouldBe(HttpStatusCode.OK);
        await IsClosedAsync(holder.Client);
    }

    [Fact]
    public async Task Rotate_WithGrace_LeavesTheOldKeyOpenUntilItIsOver()
    {
        using var holder = await KeyHolder.CreateAsync(catalog, "recordings:read");
        var (_, first) = await RotateAsync(holder.Id, "{\"grace_seconds\": 600}");
        using var second = KeyHolder.ClientWith(catalog, first["key"]!.GetValue<string>());

        first["previous_until"]!.GetValue<DateTimeOffset>().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(5));
        (await KeyHolder.GetAsync(second, AnyRoute)).ShouldBe(HttpStatusCode.OK);
        (await KeyHolder.GetAsync(holder.Client, AnyRoute)).ShouldBe(HttpStatusCode.OK);

        // Once more: two are good at most.
        await RotateAsync(holder.Id, "{\"grace_seconds\": 600}");
        await IsClosedAsync(holder.Client);
        (await KeyHolder.GetAsync(second, AnyRoute)).ShouldBe(HttpStatusCode.OK);

        await ExecuteAsync("update catalog.api_keys set previous_until = now() - interval '1 second' where id = $1", Guid.ParseExact(holder.Id, "N"));
        await IsClosedAsync(second);
    }

    [Theory]
    [InlineData("{\"grace_seconds\": -1}")]
    [InlineData("{\"grace_seconds\": 604801}")]
    [InlineData("{\"grace_seconds\": \"1\"}")]
    [InlineData("{\"grace\": 1}")]
    public async Task Rotate_WithWhatMakesNoSense_IsRefused(string body) =>
        (await RotateAsync(Guid.NewGuid().ToString("N"), body)).Status.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Key_ThatHasExpired_OpensNothing()
    {
        using var holder = await KeyHolder.CreateAsync(catalog, "recordings:read");
        await ExecuteAsync("update catalog.api_keys set expires_at = now() - interval '1 second' where id = $1", Guid.ParseExact(holder.Id, "N"));

        await IsClosedAsync(holder.Client);
        (await RotateAsync(holder.Id, "{}")).Status.ShouldBe(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("configured-1")]
    [InlineData("%01")]
    public async Task Key_ThatIsNotThere_Is404(string id)
    {
        (await KeyHolder.GetAsync(catalog.Client, $"/keys/{id}")).ShouldBe(HttpStatusCode.NotFound);
        (await RotateAsync(id, "{}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await RevokeAsync(id)).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Use_IsWrittenDown()
    {
        using var holder = await KeyHolder.CreateAsync(catalog, "recordings:read");
        (await holder.GetAsync(AnyRoute)).ShouldBe(HttpStatusCode.OK);
        await ((KeyTable)catalog.Services.GetRequiredService<IKeyTable>()).WriteUseAsync(CancellationToken.None);

        JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri($"/keys/{holder.Id}", UriKind.Relative)))!["last_used_at"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Change_IsTold_AndToldAgainToWhoeverAsks()
    {
        var news = new ConcurrentQueue<(ApiKeySaved Message, string Text)>();
        var endpoint = catalog.Services.GetRequiredService<IBusControl>().ConnectReceiveEndpoint(
            $"tests-keys.{Guid.NewGuid():N}",
            configure => configure.Handler<ApiKeySaved>(context =>
            {
                news.Enqueue((context.Message, context.ReceiveContext.Body.GetString()));
                return Task.CompletedTask;
            }));
        await endpoint.Ready;

        using var holder = await KeyHolder.CreateAsync(catalog, "recordings:read");
        await Eventually.BecomesTrueAsync(() => Task.FromResult(Told().Length > 0));
        var (_, rotated) = await RotateAsync(holder.Id, "{\"grace_seconds\": 60}");
        await Eventually.BecomesTrueAsync(() => Task.FromResult(Told().Any(told => told.PreviousKeySha256 is not null)));
        await RevokeAsync(holder.Id);
        await Eventually.BecomesTrueAsync(() => Task.FromResult(Told().Any(told => told.RevokedAt is not null)));

        var versions = Told().OrderBy(told => told.Version).ToArray();
        versions[0].KeySha256.ShouldBe(Convert.ToHexStringLower(ApiKeys.Hash(holder.Key)));
        versions.First(told => told.PreviousKeySha256 is not null).PreviousKeySha256.ShouldBe(versions[0].KeySha256);
        versions[^1].RevokedAt.ShouldNotBeNull();
        versions[^1].PreviousKeySha256.ShouldBeNull();
        news.ShouldAllBe(entry => !entry.Text.Contains(holder.Key) && !entry.Text.Contains(rotated["key"]!.GetValue<string>()));

        var before = Told().Length;
        await catalog.TellAsync(new ApiKeysWanted { Node = "archiver-1", WantedAt = DateTimeOffset.UtcNow });
        await Eventually.BecomesTrueAsync(() => Task.FromResult(Told().Length > before));
        Told()[^1].RevokedAt.ShouldNotBeNull();
        await endpoint.StopAsync();

        ApiKeySaved[] Told() => [.. news.Select(entry => entry.Message).Where(told => told.KeyId.ToString("N") == holder.Id)];
    }

    private static Task IsClosedAsync(HttpClient client) =>
        Eventually.BecomesTrueAsync(async () => await KeyHolder.GetAsync(client, AnyRoute) == HttpStatusCode.Unauthorized);

    private async Task<(HttpStatusCode Status, JsonNode Body)> RotateAsync(string id, string? body)
    {
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await catalog.Client.PostAsync(new Uri($"/keys/{id}/rotate", UriKind.Relative), content);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    private async Task<HttpStatusCode> RevokeAsync(string id)
    {
        using var response = await catalog.Client.DeleteAsync(new Uri($"/keys/{id}", UriKind.Relative));
        return response.StatusCode;
    }

    private async Task ExecuteAsync(string sql, Guid id)
    {
        await using var command = catalog.Database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        (await command.ExecuteNonQueryAsync()).ShouldBe(1);
    }

    public sealed class Replica(CatalogHost catalog) : CatalogHost
    {
        protected override Task<string> ConnectionStringAsync() => Task.FromResult(catalog.ConnectionString);
    }
}
