using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Tests.Recordings.Waveforms;

/// <summary>The outline of a recording, as the archiver tells it and the page draws it.</summary>
public sealed class WaveformTests(CatalogHost catalog)
{
    private readonly Told _told = new();

    [Fact]
    public async Task Get_Told_IsThePeaksOfEachChannel()
    {
        await catalog.TellAsync(Computed(), _told.Archived());

        using var response = await GetAsync(_told);
        var shown = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.CacheControl!.ToString().ShouldBe("no-cache, private");
        shown.ToJsonString().ShouldBe(
            $$"""{"recording_id":"{{_told.Id}}","duration_ms":30020,"channels":2,"points":3,"peaks":[[0,128,255],[1,2,3]]}""");

        using var again = await GetAsync(_told, response.Headers.ETag);
        (again.StatusCode, again.Headers.ETag).ShouldBe((HttpStatusCode.NotModified, response.Headers.ETag));
        using var head = await catalog.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Route(_told)));
        (head.StatusCode, head.Headers.ETag).ShouldBe((HttpStatusCode.OK, response.Headers.ETag));
    }

    [Fact]
    public async Task Get_ToldTwiceInTheWrongOrder_IsTheLater()
    {
        await catalog.TellAsync(
            _told.Archived(), Computed() with { Peaks = Convert.ToBase64String(new byte[6]), ComputedAt = Told.Start.AddHours(2) }, Computed(), Computed());

        using var response = await GetAsync(_told);

        (await response.Content.ReadAsStringAsync()).ShouldContain("[[0,0,0],[0,0,0]]");
    }

    [Fact]
    public async Task Get_RecordingThatShowsAnothersAudio_IsThatOnes()
    {
        var other = new Told { CallId = _told.CallId };
        await catalog.TellAsync(_told.Archived(), other.Archived("other"), Computed());

        using var response = await GetAsync(other);

        JsonNode.Parse(await response.Content.ReadAsStringAsync()).ShouldHave(("recording_id", other.Id.ToString()), ("points", 3));
    }

    [Fact]
    public async Task Get_AudioIsAnotherThanItWasComputedOf_IsAbsent()
    {
        await catalog.TellAsync(_told.Archived(), Computed() with { Sha256 = new string('0', 64) });

        await ShouldBeAbsentAsync(_told, "yet to be computed");
    }

    [Theory]
    [InlineData("started", "its status is recording")]
    [InlineData("captured", "its status is captured")]
    [InlineData("failed", "no audio")]
    [InlineData("archived", "yet to be computed")]
    [InlineData("ogg", "its format is ogg")]
    [InlineData("nothing", "There is no recording with this id that belongs to this call.")]
    public async Task Get_ThereIsNone_SaysWhy(string state, string reason)
    {
        object? message = state switch
        {
            "started" => _told.Started(),
            "captured" => _told.Captured(),
            "failed" => _told.Failed(),
            "archived" => _told.Archived(),
            "ogg" => _told.Archived(format: "ogg"),
            _ => null,
        };
        await (message is null ? Task.CompletedTask : catalog.TellAsync(message));

        await ShouldBeAbsentAsync(_told, reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deleted_BeforeOrAfterItWasTold_IsForgotten(bool isToldFirst)
    {
        var deleted = new RecordingDeleted
        {
            RecordingId = _told.Id,
            Provider = Providers.Twilio,
            CallId = _told.CallId,
            RecordingType = RecordingTypes.Mixed,
            RecordingSource = RecordingSources.Local,
            DeletionId = Guid.NewGuid(),
            DeletedAt = Told.Start.AddDays(1),
        };
        await catalog.TellAsync([_told.Archived(), .. isToldFirst ? (object[])[Computed(), deleted] : [deleted, Computed()]]);

        (await catalog.RowAsync("waveforms", "recording_id", _told.Id)).ShouldBeNull();
        await ShouldBeAbsentAsync(_told, "deleted");
    }

    private RecordingWaveformComputed Computed() => new()
    {
        RecordingId = _told.Id,
        Provider = Providers.Twilio,
        CallId = _told.CallId,
        RecordingType = RecordingTypes.Mixed,
        RecordingSource = RecordingSources.Local,
        Sha256 = Told.Sha256,
        DurationMs = 30_020,
        Channels = 2,
        Points = 3,
        Peaks = Convert.ToBase64String([0, 128, 255, 1, 2, 3]),
        ComputedAt = Told.Start.AddHours(1),
    };

    private async Task ShouldBeAbsentAsync(Told told, string reason)
    {
        using var response = await GetAsync(told);
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>().ShouldContain(reason);
    }

    private static Uri Route(Told told) => new($"/calls/{told.CallId}/recording/{told.Id}/waveform", UriKind.Relative);

    private async Task<HttpResponseMessage> GetAsync(Told told, EntityTagHeaderValue? known = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Route(told));
        if (known is not null)
        {
            request.Headers.IfNoneMatch.Add(known);
        }

        return await catalog.Client.SendAsync(request);
    }
}
