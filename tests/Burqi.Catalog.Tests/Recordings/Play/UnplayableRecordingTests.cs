using System.Net;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;

namespace Burqi.Catalog.Tests.Recordings.Play;

public sealed class UnplayableRecordingTests(CatalogHost catalog)
{
    [Fact]
    public async Task Get_NotYetCompleted_Is409AndSaysWhatItWaitsFor()
    {
        var told = new Told();
        await catalog.TellAsync(told.Started());
        (await DetailAsync(told, HttpStatusCode.Conflict)).ShouldContain("is still recording");

        await catalog.TellAsync(told.Captured());
        (await DetailAsync(told, HttpStatusCode.Conflict)).ShouldContain("on its way to the store");

        await catalog.TellAsync(told.ArchiveFailed());
        (await DetailAsync(told, HttpStatusCode.NotFound)).ShouldContain("its status is failed");
    }

    [Fact]
    public async Task Get_UnknownOrOfAnotherCall_Is404()
    {
        var told = new Told();
        await catalog.TellAsync(told.Archived());
        foreach (var route in (string[])
            [$"/calls/CAother/recording/{told.Id}", $"/calls/{told.CallId}/recording/{Guid.NewGuid()}", "/calls/CAother/recording/merged", $"/calls/{told.CallId.ToLowerInvariant()}/recording/{told.Id}/play"])
        {
            using var response = await catalog.Client.GetAsync(new Uri(route, UriKind.Relative));
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }
    }

    private async Task<string> DetailAsync(Told told, HttpStatusCode status)
    {
        using var response = await catalog.Client.GetAsync(new Uri($"/calls/{told.CallId}/recording/{told.Id}/play", UriKind.Relative));
        response.StatusCode.ShouldBe(status);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>();
    }
}
