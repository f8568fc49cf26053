using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Catalog.Tests.Recordings.Upgrade;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>A client may ask for wav or mp3, and gets what is there.</summary>
public sealed class FormatTests(CatalogHost catalog)
{
    private readonly byte[] _wav = RandomNumberGenerator.GetBytes(3000);
    private readonly byte[] _mp3 = RandomNumberGenerator.GetBytes(1000);

    [Theory]
    [InlineData("", "audio/wav")]
    [InlineData("?format=wav", "audio/wav")]
    [InlineData("?format=mp3", "audio/mpeg")]
    [InlineData("/play?format=mp3", "audio/mpeg")]
    public async Task Get_MixThatShowsTheProvidersWav_HasTheMp3MadeHereToo(string route, string type)
    {
        var call = new ToldCall();
        var archived = call.OfferArchived() with { ObjectKey = Put(call.CallId, "wav", _wav), FileSize = _wav.Length };
        var stream = call.Stream().Select(message => message is Burqi.Contracts.Recordings.RecordingArchived { RecordingType: "mixed" } mix
            ? mix with { Format = "mp3", ObjectKey = Put(call.CallId, "mp3", _mp3), FileSize = _mp3.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(_mp3)) }
            : message);
        await catalog.TellAsync([.. stream, archived]);

        using var response = await GetAsync(call.CallId, call.Local("mixed"), route);

        response.Content.Headers.ContentType!.ToString().ShouldBe(type);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(type == "audio/wav" ? _wav : _mp3);
        response.Content.Headers.ContentDisposition!.FileName!.ShouldEndWith(type == "audio/wav" ? ".wav" : ".mp3");
        response.Headers.ETag!.Tag.ShouldBe($"\"{(type == "audio/wav" ? ToldCall.ProviderSha256 : Convert.ToHexStringLower(SHA256.HashData(_mp3)))}\"");
    }

    [Fact]
    public async Task Get_AnotherOfTheSameStreamAndKind_IsThatOne()
    {
        var told = new Told();
        var other = new Told { CallId = told.CallId };
        await catalog.TellAsync(
            told.Archived(Put(told.CallId, "wav", _wav), _wav.Length), other.Archived(Put(told.CallId, "mp3", _mp3), _mp3.Length, format: "mp3"));

        using var response = await GetAsync(told.CallId, told.Id, "?format=mp3");

        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(_mp3);
    }

    [Fact]
    public async Task Get_AnotherThatIsBeingDeleted_IsNotPlayed()
    {
        var told = new Told();
        var other = new Told { CallId = told.CallId };
        await catalog.TellAsync(
            told.Archived(Put(told.CallId, "wav", _wav), _wav.Length), other.Archived(Put(told.CallId, "mp3", _mp3), _mp3.Length, format: "mp3"));
        using var deleted = await catalog.Client.DeleteAsync(new Uri($"/calls/{told.CallId}/recording/{other.Id}", UriKind.Relative));
        deleted.IsSuccessStatusCode.ShouldBeTrue();

        using var response = await GetAsync(told.CallId, told.Id, "/play?format=mp3");
        using var itself = await GetAsync(told.CallId, told.Id, "/play?format=wav");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync()).ShouldContain($"{other.Id} is being deleted");
        itself.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Get_NotThereInThatFormat_Is406AndSaysWhatThereIs()
    {
        var told = new Told();
        await catalog.TellAsync(told.Archived(Put(told.CallId, "wav", _wav), _wav.Length));

        using var response = await GetAsync(told.CallId, told.Id, "?format=mp3");

        response.StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>().ShouldBe($"Recording {told.Id} is not there as mp3. It is there as wav.");
    }

    [Theory]
    [InlineData("?format=")]
    [InlineData("?format=ogg")]
    [InlineData("?format=mp3&format=wav")]
    [InlineData("?format=%00%0d%0aX:%20y")]
    public async Task Get_FormatThatIsNone_Is400(string query)
    {
        var told = new Told();
        await catalog.TellAsync(told.Archived(Put(told.CallId, "wav", _wav), _wav.Length));

        using var response = await GetAsync(told.CallId, told.Id, query);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private string Put(string callId, string format, byte[] content)
    {
        var key = $"recordings/{callId}.{format}";
        var path = Path.Combine(catalog.ObjectsDirectory, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return key;
    }

    private Task<HttpResponseMessage> GetAsync(string callId, Guid id, string route) =>
        catalog.Client.GetAsync(new Uri($"/calls/{callId}/recording/{id}{route}", UriKind.Relative));
}
