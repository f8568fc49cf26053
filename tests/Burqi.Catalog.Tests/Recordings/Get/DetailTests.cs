using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Burqi.Catalog.Tests.Fixtures;

namespace Burqi.Catalog.Tests.Recordings.Get;

public sealed partial class DetailTests(CatalogHost catalog)
{
    private static readonly string[] OfCompletenessAlone =
    [
        "completeness_type", "completeness_recorded_ms", "completeness_since", "completeness_due_at", "completeness_news", "completeness_told",
    ];

    [Fact]
    public async Task GetRecording_Known_ShowsEveryColumnUnderItsName()
    {
        var told = new Told();
        await catalog.TellAsync(told.Started(), told.Captured(), told.Archived("k"));
        var shown = await GetAsync($"/recordings/{told.Id}");

        var row = await catalog.RecordingAsync(told.Id);
        shown.AsObject().Select(property => property.Key).Order().ShouldBe(row.Select(column => column.Key).Except(["told", "derived", "listed_at"]).Order());
        foreach (var (name, value) in shown.AsObject().Where(property => !property.Key.EndsWith("_at", StringComparison.Ordinal)))
        {
            value?.ToJsonString().ShouldBe(row[name]?.ToJsonString(), name);
        }

        shown.ShouldHave(("started_at", "2026-03-01T09:30:00.128Z"), ("ended_at", "2026-03-01T09:30:30.148Z"), ("recording_sid", null));
        foreach (var time in (string[])["started_at", "ended_at", "created_at", "updated_at"])
        {
            Rfc3339Utc().IsMatch(shown[time]!.GetValue<string>()).ShouldBeTrue(time);
        }
    }

    [Fact]
    public async Task GetCall_Known_ShowsEveryColumnAndItsRecordings()
    {
        var told = new Told();
        var second = new Told { CallId = told.CallId };
        await catalog.TellAsync(second.Started(Told.Start.AddSeconds(3)), told.Started(), told.CallStarted());
        var shown = await GetAsync($"/calls/{told.CallId}");

        var row = await catalog.CallAsync(told.CallId);
        shown.AsObject().Select(property => property.Key).Order()
            .ShouldBe(row.Select(column => column.Key).Except(["told", "listed_at", .. OfCompletenessAlone]).Concat(["recordings", "events", "events_next_cursor", "gaps", "provider_ids", "pauses", "legal_hold"]).Order());
        shown.ShouldHave(("status", "in-progress"), ("from_address", "+15005550006"), ("started_at", "2026-03-01T09:30:00.123Z"));
        shown["recordings"]!.AsArray().Select(recording => recording!["id"]!.GetValue<Guid>()).ShouldBe([told.Id, second.Id]);
    }

    [Theory]
    [InlineData("/calls/CAunknown")]
    [InlineData("/calls/a%01b")]
    [InlineData("/recordings/6f1c0e0a-9a53-4c3f-8d57-5f2b7a6a1f0e")]
    [InlineData("/recordings/not-an-id")]
    public async Task Get_Unknown_IsA404Problem(string route)
    {
        using var response = await catalog.Client.GetAsync(new Uri(route, UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        JsonNode.Parse(await response.Content.ReadAsStringAsync()).ShouldHave(("status", 404));
    }

    [Theory]
    [InlineData("PUT", "/calls/CA1")]
    [InlineData("DELETE", "/recordings/6f1c0e0a-9a53-4c3f-8d57-5f2b7a6a1f0e")]
    [InlineData("POST", "/calls")]
    public async Task Write_AnyRoute_IsNotAllowed(string method, string route)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), route);
        using var response = await catalog.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [InlineData("/assistants/a")]
    [InlineData("/transcripts")]
    public async Task Get_RouteOfALaterVersion_IsAbsent(string route)
    {
        using var response = await catalog.Client.GetAsync(new Uri(route, UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<JsonNode> GetAsync(string route)
    {
        using var response = await catalog.Client.GetAsync(new Uri(route, UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rfc3339Utc();
}
