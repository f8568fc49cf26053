using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Tests.Access;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Burqi.Catalog.Tests.Audit;

public sealed class AccessLogTests(CatalogHost catalog)
{
    /// <summary>Every route that shows or plays something of calls and recordings, and the event that says so.</summary>
    private static readonly Dictionary<string, string> Shows = new()
    {
        ["/calls"] = "listed",
        ["/recordings"] = "listed",
        ["/operations"] = "listed",
        ["/retention"] = "listed",
        ["/calls/{call_id}"] = "read",
        ["/recordings/{id}"] = "read",
        ["/calls/{call_id}/recording/{recording_id}"] = "downloaded",
        ["/calls/{call_id}/recording/{recording_id}/play"] = "played",
        ["/calls/{call_id}/recording/{recording_id}/waveform"] = "read",
        ["/calls/{call_id}/recording/{recording_id}/links"] = "listed",
        ["/calls/{call_id}/recording/merged"] = "downloaded",
        ["/calls/{call_id}/recordings.zip"] = "exported",
        ["/shared/{token}/details"] = "read",
        ["/shared/{token}/audio"] = "share_played",
    };

    /// <summary>The other routes that need a key, and the page of a share link, which knows nothing.</summary>
    private static readonly string[] ShowsNothing =
        ["/assistants", "/assistants/{id}", "/audit/events", "/audit/head", "/audit/verification", "/keys", "/keys/{id}", "/shared/{token}", "/usage"];

    [Fact]
    public async Task Get_CallAndRecording_IsNotedOnceForWhoeverLooksAgain()
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted(), told.Started());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => catalog.Client.GetStringAsync(new Uri($"/calls/{told.CallId}", UriKind.Relative))));
        await catalog.Client.GetStringAsync(new Uri($"/recordings/{told.Id}", UriKind.Relative));
        await catalog.Client.GetStringAsync(new Uri($"/calls/{told.CallId}", UriKind.Relative));

        var events = await EventsAsync(told.CallId);
        events.Select(noted => noted!["recording_id"]?.GetValue<string>()).ShouldBe([null, told.Id.ToString()]);
        foreach (var noted in events)
        {
            noted.ShouldHave(("event", "read"));
            noted!["address"]!.GetValue<string>().ShouldNotBeEmpty();
            noted["trace_id"]!.GetValue<string>().Length.ShouldBe(32);
            noted["actor"]!.GetValue<string>().ShouldBe(noted["api_key_name"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Get_CallThatIsNotThere_IsNoAccess()
    {
        var told = new Told();
        (await catalog.Client.GetAsync(new Uri($"/calls/{told.CallId}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await EventsAsync(told.CallId)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "downloaded")]
    [InlineData("/play", "played")]
    public async Task Content_InRangesAndFromTheCache_IsOneEventBeforeItsBody(string route, string expected)
    {
        var told = new Told();
        var archived = told.Archived(fileSize: 64);
        var path = Path.Combine(catalog.ObjectsDirectory, archived.ObjectKey);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, new byte[64]);
        await catalog.TellAsync(told.CallStarted(), archived);
        var address = new Uri($"/calls/{told.CallId}/recording/{told.Id}{route}", UriKind.Relative);
        await SendAsync("Range", "bytes=0-9", HttpStatusCode.PartialContent);
        await SendAsync("Range", "bytes=10-19", HttpStatusCode.PartialContent);
        await SendAsync("If-None-Match", "*", HttpStatusCode.NotModified);
        await SendAsync("Range", "bytes=900-", HttpStatusCode.RequestedRangeNotSatisfiable);

        (await EventsAsync(told.CallId)).ShouldHaveSingleItem().ShouldHave(("event", expected), ("recording_id", told.Id.ToString()));

        async Task SendAsync(string name, string value, HttpStatusCode status)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Add(name, value);
            using var response = await catalog.Client.SendAsync(request);
            response.StatusCode.ShouldBe(status);
        }
    }

    [Fact]
    public async Task Get_CallDetail_ShowsWhatHappenedAndNotWhoLooked()
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted());
        var address = new Uri($"/calls/{told.CallId}", UriKind.Relative);
        await catalog.Client.GetStringAsync(address);

        JsonNode.Parse(await catalog.Client.GetStringAsync(address))!["events"]!.AsArray().ShouldBeEmpty();
        (await EventsAsync(told.CallId)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task List_SearchedFor_IsNotedWithItsFiltersAndWithoutTheNumber()
    {
        var callId = $"CA{Guid.NewGuid():N}";
        foreach (var query in (string[])[$"call_id={callId}", $"limit=7&call_id={callId}", $"call_id={callId}&from_address=%2B15005550006"])
        {
            (await catalog.Client.GetAsync(new Uri($"/calls?{query}", UriKind.Relative))).EnsureSuccessStatusCode();
        }

        var noted = await ListedAsync(callId);
        noted.Count.ShouldBe(2);
        JsonNode.Parse(noted[0])!["filters"]!.AsObject().Select(filter => filter.Key).ShouldBe(["call_id"]);
        JsonNode.Parse(noted[1])!["filters"]!["from_address"]!.GetValue<string>().ShouldBe("…0006");
    }

    [Fact]
    public async Task Route_ThatShowsAnythingOfARecording_NotesIt()
    {
        var (told, link) = await SharedAsync();
        var routes = catalog.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Select(route => (Pattern: "/" + route.RoutePattern.RawText!.Trim('/'), Scope: route.Metadata.GetMetadata<RequiredScope>()))
            .Where(route => route.Scope?.Scope is not null || route.Pattern.StartsWith("/shared/", StringComparison.Ordinal))
            .Select(route => route.Pattern)
            .ToArray();
        routes.ShouldBe([.. Shows.Keys, .. ShowsNothing], ignoreOrder: true);

        foreach (var (pattern, expected) in Shows.Append(new("/calls/{call_id}/recording/{recording_id}?format=wav", "downloaded")))
        {
            var address = pattern.Replace("{call_id}", told.CallId, StringComparison.Ordinal)
                .Replace("{recording_id}", told.Id.ToString(), StringComparison.Ordinal)
                .Replace("{id}", told.Id.ToString(), StringComparison.Ordinal)
                .Replace("/shared/{token}", new Uri(link["url"]!.GetValue<string>()).AbsolutePath, StringComparison.Ordinal);
            var isShared = pattern.StartsWith("/shared/", StringComparison.Ordinal);

            // A key of its own for each: what it has seen before is noted once.
            using var holder = await KeyHolder.CreateAsync(catalog, Scopes.Admin);
            using var response = await holder.Client.GetAsync(new Uri(address, UriKind.Relative));
            response.StatusCode.ShouldBe(HttpStatusCode.OK, pattern);
            (await EventNamesAsync(isShared ? $"link {link["id"]}" : holder.Id)).ShouldContain(expected, pattern);
        }
    }

    [Fact]
    public async Task Change_OfAnAssistantOrAKey_IsNotedWithWhoAskedForIt()
    {
        using var holder = await KeyHolder.CreateAsync(catalog, Scopes.Admin);
        var assistant = new Uri($"/assistants/noted-{Guid.NewGuid():N}", UriKind.Relative);
        (await holder.Client.PutAsJsonAsync(assistant, new { retention = new { @default = new { delete_after_days = 1 } } })).EnsureSuccessStatusCode();
        (await holder.Client.DeleteAsync(assistant)).EnsureSuccessStatusCode();
        (await holder.Client.DeleteAsync(assistant)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var made = await holder.Client.PostAsJsonAsync(new Uri("/keys", UriKind.Relative), new { name = "noted", scopes = new[] { Scopes.RecordingsRead } });
        var id = JsonNode.Parse(await made.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
        (await holder.Client.PostAsJsonAsync(new Uri($"/keys/{id}/rotate", UriKind.Relative), new { grace_seconds = 60 })).EnsureSuccessStatusCode();
        for (var time = 1; time <= 2; time++)
        {
            (await holder.Client.DeleteAsync(new Uri($"/keys/{id}", UriKind.Relative))).EnsureSuccessStatusCode();
        }

        (await EventNamesAsync(holder.Id)).ShouldBe(["assistant_changed", "assistant_deleted", "key_created", "key_rotated", "key_revoked"]);
        await using var command = catalog.Database.CreateCommand("select details::text from catalog.recording_events where api_key_id = $1 order by id limit 1");
        command.Parameters.Add(new NpgsqlParameter { Value = holder.Id });
        JsonNode.Parse((string)(await command.ExecuteScalarAsync())!)!["retention"]!["default"].ShouldHave(("delete_after_days", 1));
    }

    private async Task<(Told Told, JsonNode Link)> SharedAsync()
    {
        var told = new Told();
        var audio = WavFile();
        var archived = told.Archived(fileSize: audio.Length, sha256: Convert.ToHexStringLower(SHA256.HashData(audio)));
        var path = Path.Combine(catalog.ObjectsDirectory, archived.ObjectKey);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, audio);
        var waveform = new RecordingWaveformComputed
        {
            RecordingId = told.Id,
            Provider = Providers.Twilio,
            CallId = told.CallId,
            RecordingType = RecordingTypes.Mixed,
            RecordingSource = RecordingSources.Local,
            Sha256 = archived.Sha256,
            DurationMs = 30_020,
            Channels = 2,
            Points = 3,
            Peaks = Convert.ToBase64String([0, 128, 255, 1, 2, 3]),
            ComputedAt = Told.Start.AddHours(1),
        };
        await catalog.TellAsync(told.CallStarted(), archived, waveform);
        using var shared = await catalog.Client.PostAsJsonAsync(new Uri($"/calls/{told.CallId}/recording/{told.Id}/links", UriKind.Relative), new { });
        return (told, JsonNode.Parse(await shared.Content.ReadAsStringAsync())!);
    }

    private static byte[] WavFile()
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        const int Bytes = 64;
        writer.Write("RIFF"u8);
        writer.Write(36 + Bytes);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)2);
        writer.Write(8000);
        writer.Write(32_000);
        writer.Write((short)4);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(Bytes);
        writer.Write(new byte[Bytes]);
        return file.ToArray();
    }

    private async Task<IReadOnlyList<string>> EventNamesAsync(string keyId)
    {
        await using var command = catalog.Database.CreateCommand("select coalesce(array_agg(event order by id), '{}') from catalog.recording_events where api_key_id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = keyId });
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    private async Task<JsonArray> EventsAsync(string callId)
    {
        await using var command = catalog.Database.CreateCommand(
            "select coalesce(jsonb_agg(to_jsonb(e) order by recording_id nulls first), '[]')::text from catalog.recording_events e where call_id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = callId });
        return JsonNode.Parse((string)(await command.ExecuteScalarAsync())!)!.AsArray();
    }

    private async Task<IReadOnlyList<string>> ListedAsync(string callId)
    {
        await using var command = catalog.Database.CreateCommand(
            "select details::text from catalog.recording_events where event = 'listed' and details -> 'filters' ->> 'call_id' = $1 order by id");
        command.Parameters.Add(new NpgsqlParameter { Value = callId });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
