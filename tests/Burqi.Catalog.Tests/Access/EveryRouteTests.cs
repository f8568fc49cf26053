using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Tests.Access;

/// <summary>What holds for every route that there is, those of tomorrow among them: each is taken from what is mapped.</summary>
public sealed class EveryRouteTests(CatalogHost catalog)
{
    private static readonly string[] Health = ["/health/live", "/health/ready"];

    private readonly string stranger = $"stranger-{Guid.NewGuid():N}";
    private readonly string own = $"own-{Guid.NewGuid():N}";

    [Fact]
    public void Route_OfTheApi_SaysWhatItNeeds() => Routes()
        .Where(route => route.Scope is null && route.IsOpen is null && !Health.Contains(route.Pattern))
        .Select(route => route.ToString())
        .ShouldBeEmpty();

    [Fact]
    public async Task Route_WithoutAKey_Is401()
    {
        using var nobody = KeyHolder.NewClient(catalog);
        foreach (var route in Routes().Where(route => route.Scope is not null))
        {
            using var response = await nobody.SendAsync(route.Request(Fill(route.Pattern, "CA0", Guid.NewGuid(), "nobody", Guid.NewGuid().ToString("N"))));
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, route.ToString());
        }
    }

    [Fact]
    public async Task Route_IsOpenedByItsScopeAndNoOther()
    {
        var scoped = Routes().Where(route => route.Scope?.Scope is not null).ToArray();
        scoped.Select(route => route.Scope!.Scope).Distinct().ShouldBe(Scopes.All, ignoreOrder: true);
        foreach (var routes in scoped.GroupBy(route => route.Scope!.Scope!))
        {
            using var holder = await KeyHolder.CreateAsync(catalog, routes.Key);
            using var others = await KeyHolder.CreateAsync(catalog, [.. Scopes.All.Where(scope => scope != routes.Key && scope != Scopes.Admin)]);
            foreach (var route in routes)
            {
                var path = Fill(route.Pattern, "CA0", Guid.NewGuid(), $"nobody-{Guid.NewGuid():N}", Guid.NewGuid().ToString("N"));
                using var opened = await holder.Client.SendAsync(route.Request(path));
                opened.StatusCode.ShouldNotBeOneOf([HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.InternalServerError], route.ToString());
                using var refused = await others.Client.SendAsync(route.Request(path));
                refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, route.ToString());
                refused.Headers.WwwAuthenticate.ToString().ShouldBe($"Bearer realm=\"burqi\", error=\"insufficient_scope\", scope=\"{routes.Key}\"");
                refused.Headers.CacheControl!.NoStore.ShouldBeTrue();
            }
        }
    }

    [Fact]
    public async Task Route_ForALimitedKey_KnowsNothingOfOtherAssistants()
    {
        var told = new Told { AssistantId = stranger };
        var nobodys = new Told { AssistantId = null };
        await catalog.TellAsync(
            told.CallStarted(), told.Started(), told.Captured(), told.Archived(), nobodys.CallStarted(), nobodys.Started(), nobodys.Captured(), nobodys.Archived());
        (await catalog.Client.PutAsJsonAsync($"/assistants/{stranger}", new { })).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await catalog.Client.PutAsJsonAsync($"/calls/{told.CallId}/legal-hold", new { reason = "kept" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var shared = await catalog.Client.PostAsJsonAsync($"/calls/{told.CallId}/recording/{told.Id}/links", new { });
        var link = JsonNode.Parse(await shared.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
        using var limited = await LimitedAsync(own);

        foreach (var route in Routes().Where(route => route.Scope?.Scope is not null and not Scopes.Admin && route.Pattern.Contains('{', StringComparison.Ordinal)))
        {
            foreach (var (call, recording) in new[] { (told.CallId, told.Id), (nobodys.CallId, nobodys.Id) })
            {
                using var response = await limited.Client.SendAsync(route.Request(Fill(route.Pattern, call, recording, stranger, link)));
                response.StatusCode.ShouldBe(HttpStatusCode.NotFound, route.ToString());
                (await response.Content.ReadAsStringAsync()).ShouldNotContain(stranger);

                // What is not there at all is answered in the very same words.
                using var nothing = await limited.Client.SendAsync(route.Request(Fill(route.Pattern, "CA0", Guid.NewGuid(), $"none-{Guid.NewGuid():N}", link)));
                nothing.StatusCode.ShouldBe(HttpStatusCode.NotFound, route.ToString());
                Detail(await nothing.Content.ReadAsStringAsync()).ShouldBe(Detail(await response.Content.ReadAsStringAsync()), route.ToString());
            }
        }

        // Nothing of all this has changed anything.
        (await catalog.RecordingAsync(told.Id))["recording_metadata"]!.AsObject().ContainsKey("deletion_requested_at").ShouldBeFalse();
        (await KeyHolder.GetAsync(catalog.Client, $"/assistants/{stranger}")).ShouldBe(HttpStatusCode.OK);
        var call1 = JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri($"/calls/{told.CallId}", UriKind.Relative)))!;
        call1["legal_hold"].ShouldNotBeNull();
    }

    [Fact]
    public async Task List_ForALimitedKey_HoldsItsOwnAlone()
    {
        var mine = new Told { AssistantId = own };
        var other = new Told { AssistantId = stranger };
        var nobodys = new Told { AssistantId = null };
        foreach (var told in new[] { mine, other, nobodys })
        {
            await catalog.TellAsync(told.CallStarted(), told.Started());
        }

        foreach (var assistant in new[] { own, stranger })
        {
            (await catalog.Client.PutAsJsonAsync($"/assistants/{assistant}", new { })).StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        using var limited = await LimitedAsync(own, $"second-{own}");
        foreach (var filter in new[] { "", "&number=%2B15005550006", "&provider=twilio", "&sort=started_at&started_after=2026-03-01T09:30:00Z", "&status=in-progress", "&from_address=%2B15005550006" })
        {
            (await IdsAsync(limited, $"/calls?limit=200{filter}", "call_id")).ShouldBe([mine.CallId], filter);
        }

        foreach (var filter in new[] { "", "&number=%2B15005550006", "&recording_source=local", "&recording_type=mixed&sort=started_at" })
        {
            (await IdsAsync(limited, $"/recordings?limit=200{filter}", "id")).ShouldBe([mine.Id.ToString()], filter);
        }

        foreach (var theirs in new[] { other, nobodys })
        {
            (await IdsAsync(limited, $"/calls?call_id={theirs.CallId}", "call_id")).ShouldBeEmpty();
            (await IdsAsync(limited, $"/recordings?call_id={theirs.CallId}", "id")).ShouldBeEmpty();
        }

        (await IdsAsync(limited, $"/calls?assistant_id={stranger}", "call_id")).ShouldBeEmpty();
        (await IdsAsync(limited, $"/recordings?assistant_id={stranger}", "id")).ShouldBeEmpty();
        (await IdsAsync(limited, $"/calls?assistant_id={own}", "call_id")).ShouldBe([mine.CallId]);
        (await IdsAsync(limited, "/assistants?limit=200", "id")).ShouldBe([own]);
        (await limited.GetAsync($"/calls/{mine.CallId}")).ShouldBe(HttpStatusCode.OK);
        (await limited.GetAsync($"/recordings/{mine.Id}")).ShouldBe(HttpStatusCode.OK);
        (await limited.GetAsync($"/assistants/{own}")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Page_ThatFollows_ForALimitedKey_HoldsItsOwnAlone()
    {
        var mine = new[] { new Told { AssistantId = own }, new Told { AssistantId = $"second-{own}" }, new Told { AssistantId = own } };
        foreach (var told in mine.Append(new Told { AssistantId = stranger }))
        {
            await catalog.TellAsync(told.CallStarted());
        }

        using var limited = await LimitedAsync(own, $"second-{own}");
        var found = new List<string>();
        for (var next = "/calls?limit=1"; next is not null;)
        {
            var page = JsonNode.Parse(await limited.Client.GetStringAsync(new Uri(next, UriKind.Relative)))!;
            found.AddRange(page["items"]!.AsArray().Select(call => call!["call_id"]!.GetValue<string>()));
            next = page["next_cursor"]?.GetValue<string>() is { } cursor ? $"/calls?limit=1&cursor={cursor}" : null;
        }

        found.ShouldBe(mine.Select(told => told.CallId), ignoreOrder: true);
    }

    [Fact]
    public async Task Call_WithARecordingOfAnotherAssistant_ShowsALimitedKeyItsOwnAlone()
    {
        var mine = new Told { AssistantId = own };
        var other = new Told { AssistantId = stranger, CallId = mine.CallId };
        await catalog.TellAsync(mine.CallStarted(), mine.Started(), other.Started());
        using var limited = await LimitedAsync(own);

        var text = await limited.Client.GetStringAsync(new Uri($"/calls/{mine.CallId}", UriKind.Relative));
        text.ShouldContain(mine.Id.ToString());
        text.ShouldNotContain(other.Id.ToString());
        (await limited.GetAsync($"/recordings/{other.Id}")).ShouldBe(HttpStatusCode.NotFound);
        (await limited.GetAsync($"/calls/{mine.CallId}/recording/{other.Id}/play")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Assistant_OfALimitedKey_IsMadeAndChangedAndDeletedByIt()
    {
        using var limited = await LimitedAsync(own);
        (await limited.Client.PutAsJsonAsync($"/assistants/{own}", new { })).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await limited.Client.PutAsJsonAsync($"/assistants/{stranger}", new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await KeyHolder.GetAsync(catalog.Client, $"/assistants/{stranger}")).ShouldBe(HttpStatusCode.NotFound);
        (await limited.Client.DeleteAsync(new Uri($"/assistants/{own}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private static string? Detail(string problem) => problem.Length == 0 ? null : JsonNode.Parse(problem)!["detail"]?.GetValue<string>();

    private static string Fill(string pattern, string callId, Guid recordingId, string assistantId, string link) => pattern
        .Replace("{call_id}", callId, StringComparison.Ordinal)
        .Replace("{recording_id}", recordingId.ToString(), StringComparison.Ordinal)
        .Replace("{link_id}", link, StringComparison.Ordinal)
        .Replace("{documentName}", "v1", StringComparison.Ordinal)
        .Replace("/recordings/{id}", $"/recordings/{recordingId}", StringComparison.Ordinal)
        .Replace("/assistants/{id}", $"/assistants/{assistantId}", StringComparison.Ordinal)
        .Replace("{id}", recordingId.ToString("N"), StringComparison.Ordinal);

    private static async Task<string[]> IdsAsync(KeyHolder holder, string route, string id)
    {
        var page = JsonNode.Parse(await holder.Client.GetStringAsync(new Uri(route, UriKind.Relative)))!;
        return [.. page["items"]!.AsArray().Select(item => item![id]!.GetValue<string>())];
    }

    private Task<KeyHolder> LimitedAsync(params string[] assistants) =>
        KeyHolder.CreateAsync(catalog, new { name = "limited", scopes = Scopes.All.Where(scope => scope != Scopes.Admin), assistants });

    private IEnumerable<Route> Routes() => catalog.Services.GetRequiredService<EndpointDataSource>().Endpoints
        .OfType<RouteEndpoint>()
        .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => new Route(
            method,
            "/" + endpoint.RoutePattern.RawText!.Trim('/'),
            endpoint.Metadata.GetMetadata<RequiredScope>(),
            endpoint.Metadata.GetMetadata<OpenToAll>())));

    private sealed record Route(string Method, string Pattern, RequiredScope? Scope, OpenToAll? IsOpen)
    {
        public HttpRequestMessage Request(string path) => new(new HttpMethod(Method), path)
        {
            Content = Method is "POST" or "PUT"
                ? new StringContent(Pattern.EndsWith("/legal-hold", StringComparison.Ordinal) ? "{\"reason\": \"asked for\"}" : "{}", Encoding.UTF8, "application/json")
                : null,
        };

        public override string ToString() => $"{Method} {Pattern}";
    }
}
