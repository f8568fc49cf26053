using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Burqi.Audio;
using Burqi.Catalog.Recordings.Merge;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts.Recordings;
using Burqi.Hosting.Processes;

namespace Burqi.Catalog.Tests.Recordings.Merge;

/// <summary>One file over a call's chunks, to be downloaded, sought in and played like any other.</summary>
public sealed class MergedRecordingTests(CatalogHost catalog)
{
    private const int Rate = 8000;
    private static readonly WavLayout Mono = new(WavLayout.Pcm, 1, Rate, 16, 2, 0, null);

    private readonly string _callId = $"CA{Guid.NewGuid():N}";

    [Fact]
    public async Task Get_ChunksWithAGap_AreOneFileWithSilence()
    {
        // Told out of order; the second begins 40 ms before the first ends and follows it, the third half a second after that.
        var third = await ChunkAsync(300, startedAt: 1460);
        var first = await ChunkAsync(600);
        var second = await ChunkAsync(400, startedAt: 560);
        await StoreAsync("mixed", [1, 2, 3, 4]);
        byte[] samples = [.. first, .. second, .. new byte[460 * Rate / 1000 * 2], .. third];
        byte[] whole = [.. WavHeaderBytes.Of(Mono, samples.Length), .. samples];

        using var response = await SendAsync(HttpMethod.Get);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(whole);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.ShouldBe(whole.Length);
        response.Content.Headers.ContentType!.ToString().ShouldBe("audio/wav");
        response.Content.Headers.ContentDisposition!.FileName.ShouldBe($"{_callId}_merged_20260301T093000Z.wav");
        response.Headers.AcceptRanges.ShouldBe(["bytes"]);
        var tag = response.Headers.ETag!.Tag;

        foreach (var (from, length) in ((int, int)[])[(0, 1), (0, 44), (40, 10), (44 + 9590, 30), (44 + 16_000 - 3, 7400), (whole.Length - 10, 10)])
        {
            using var part = await SendAsync(HttpMethod.Get, ("Range", $"bytes={from}-{from + length - 1}"), ("If-Range", tag));
            part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
            (await part.Content.ReadAsByteArrayAsync()).ShouldBe(whole[from..(from + length)]);
            part.Content.Headers.ContentRange!.ToString().ShouldBe($"bytes {from}-{from + length - 1}/{whole.Length}");
        }

        using var stale = await SendAsync(HttpMethod.Get, ("Range", "bytes=0-1"), ("If-Range", "\"other\""));
        (stale.StatusCode, stale.Content.Headers.ContentLength).ShouldBe((HttpStatusCode.OK, whole.Length));
        using var outside = await SendAsync(HttpMethod.Get, ("Range", $"bytes={whole.Length}-"));
        (outside.StatusCode, outside.Content.Headers.ContentRange!.ToString()).ShouldBe((HttpStatusCode.RequestedRangeNotSatisfiable, $"bytes */{whole.Length}"));
        using var known = await SendAsync(HttpMethod.Get, ("If-None-Match", tag));
        known.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var head = await SendAsync(HttpMethod.Head);
        (head.StatusCode, head.Content.Headers.ContentLength, head.Headers.ETag!.Tag).ShouldBe((HttpStatusCode.OK, whole.Length, tag));
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Get_ByFfmpeg_PlaysAndSeeks()
    {
        var first = await ChunkAsync(1500);
        var second = await ChunkAsync(1500, startedAt: 2000);
        byte[] samples = [.. first, .. new byte[500 * Rate / 1000 * 2], .. second];

        var probed = await RunAsync("ffprobe", "-show_entries", "format=duration:stream=codec_name,sample_rate", "-of", "csv=p=0");
        var sought = await RunAsync("ffmpeg", "-f", "md5", "-");

        probed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ShouldBe(["pcm_s16le,8000", "3.500000"]);
        sought.Trim().ShouldBe($"MD5={Convert.ToHexStringLower(Md5Of(samples))}");

        var seekPosition = Rate * 2 * 21 / 10; // 2.1 s
        (await RunAsync("ffmpeg", ["-ss", "2.1"], "-f", "md5", "-")).Trim().ShouldBe($"MD5={Convert.ToHexStringLower(Md5Of(samples[seekPosition..]))}");
    }

    [Fact]
    public async Task Get_MixedRecordingsOfAReconnectedCall_AreOneFile()
    {
        var first = await ChunkAsync(100, type: RecordingTypes.Mixed);
        var second = await ChunkAsync(100, startedAt: 100, type: RecordingTypes.Mixed);
        await ChunkAsync(100, type: RecordingTypes.User);

        using var response = await SendAsync(HttpMethod.Get);

        (await response.Content.ReadAsByteArrayAsync())[44..].ShouldBe([.. first, .. second]);
    }

    [Fact]
    public async Task Get_OneRecordingAlone_IsAnsweredAsItIs()
    {
        var content = RandomNumberGenerator.GetBytes(1000);
        await StoreAsync(RecordingTypes.Mixed, content, format: "mp3");

        using var response = await SendAsync(HttpMethod.Get);

        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(content);
        response.Content.Headers.ContentType!.ToString().ShouldBe("audio/mpeg");
    }

    [Theory]
    [InlineData("rate", "8000 Hz, 1 channel, 16-bit PCM", "16000 Hz, 1 channel, 16-bit PCM")]
    [InlineData("channels", "8000 Hz, 1 channel, 16-bit PCM", "8000 Hz, 2 channels, 16-bit PCM")]
    [InlineData("format", "the recordings are mp3, wav")]
    [InlineData("status", "its status is captured")]
    [InlineData("overlap", "begins 3.0 s before recording")]
    [InlineData("gap", "172799.0 s after recording")]
    [InlineData("noise", "is no WAV file, whatever its row says")]
    public async Task Get_PiecesThatDoNotGoTogether_AreRefusedWithTheReason(string what, params string[] reasons)
    {
        await ChunkAsync(what == "overlap" ? 5000 : 1000);
        switch (what)
        {
            case "rate":
                await ChunkAsync(100, startedAt: 1000, layout: Mono with { SampleRate = 16_000 });
                break;
            case "channels":
                await ChunkAsync(100, startedAt: 1000, layout: Mono with { Channels = 2, FrameSize = 4 });
                break;
            case "format":
                await StoreAsync(RecordingTypes.Chunk, new byte[100], 1000, "mp3");
                break;
            case "status":
                await catalog.TellAsync(new Told { CallId = _callId }.Captured() with { RecordingType = RecordingTypes.Chunk });
                break;
            case "overlap":
                await ChunkAsync(100, startedAt: 2000);
                break;
            case "gap":
                await ChunkAsync(100, startedAt: 48 * 3600 * 1000);
                break;
            default:
                await StoreAsync(RecordingTypes.Chunk, RandomNumberGenerator.GetBytes(1000), 1000);
                break;
        }

        using var response = await SendAsync(HttpMethod.Get);

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var detail = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>();
        foreach (var reason in reasons)
        {
            detail.ShouldContain(reason);
        }
    }

    [Fact]
    public async Task Get_MorePiecesThanAreReadAtOnce_AreInOrder()
    {
        var chunks = new List<byte[]>();
        for (var i = 0; i < 20; i++)
        {
            chunks.Add(await ChunkAsync(10, startedAt: 10 * i));
        }

        using var response = await SendAsync(HttpMethod.Get);

        (await response.Content.ReadAsByteArrayAsync())[44..].ShouldBe([.. chunks.SelectMany(chunk => chunk)]);
    }

    [Fact]
    public async Task Get_MorePiecesThanOneFileHolds_IsRefusedAndNotCut()
    {
        await ChunkAsync(10);
        await using var command = catalog.Database.CreateCommand(
            """
            insert into catalog.recordings (id, call_id, provider, recording_source, recording_type, status, format, file_size, sha256, s3_key, s3_url, recording_metadata, started_at, listed_at, told)
            select gen_random_uuid(), call_id, provider, recording_source, recording_type, status, format, file_size, sha256, s3_key, s3_url, recording_metadata,
                started_at + n * interval '10 ms', listed_at, told
            from catalog.recordings, generate_series(1, 2000) n
            where call_id = $1
            """);
        command.Parameters.AddWithValue(_callId);
        (await command.ExecuteNonQueryAsync()).ShouldBe(2000);

        using var response = await SendAsync(HttpMethod.Get);

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await response.Content.ReadAsStringAsync()).ShouldContain("more than 2000 chunks");
    }

    [Fact]
    public async Task Get_NothingOrAPieceThatIsLost_Is404()
    {
        using var nothing = await SendAsync(HttpMethod.Get);
        nothing.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        await ChunkAsync(100);
        await catalog.TellAsync(new Told { CallId = _callId }.Archived($"gone/{_callId}.wav") with { RecordingType = RecordingTypes.Chunk });
        using var lost = await SendAsync(HttpMethod.Get);
        lost.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await lost.Content.ReadAsStringAsync()).ShouldContain("is not in the store as it was archived");
    }

    /// <summary>A recording of that many ms of noise; its samples.</summary>
    private async Task<byte[]> ChunkAsync(int milliseconds, int startedAt = 0, string type = RecordingTypes.Chunk, WavLayout? layout = null)
    {
        layout ??= Mono;
        var samples = RandomNumberGenerator.GetBytes(milliseconds * layout.SampleRate / 1000 * layout.FrameSize);
        await StoreAsync(type, [.. WavHeaderBytes.Of(layout, samples.Length), .. samples], startedAt);
        return samples;
    }

    private async Task StoreAsync(string type, byte[] content, int startedAt = 0, string format = "wav")
    {
        var told = new Told { CallId = _callId };
        var key = $"merged/{told.Id}.{format}";
        var path = Path.Combine(catalog.ObjectsDirectory, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, content);
        await catalog.TellAsync(told.Archived(key, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)), format) with
        {
            RecordingType = type,
            StartedAt = Told.Start.AddMilliseconds(startedAt),
        });
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/calls/{_callId}/recording/merged", UriKind.Relative));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await catalog.Client.SendAsync(request);
    }

    private Task<string> RunAsync(string program, params string[] output) => RunAsync(program, [], output);

    private Task<string> RunAsync(string program, string[] input, params string[] output) => ChildProcess.RunAsync(
        new ChildProcessStart(
            program,
            [
                "-v", "error", "-headers", $"Authorization: Bearer {CatalogHost.ApiKey}\r\n", .. input,
                "-i", new Uri(catalog.Client.BaseAddress!, $"/calls/{_callId}/recording/merged").AbsoluteUri, .. output,
            ]),
        TimeSpan.FromSeconds(60),
        TestContext.Current.CancellationToken);

#pragma warning disable CA5351, S4790 // what ffmpeg's muxer is called, and no secret
    private static byte[] Md5Of(byte[] samples) => MD5.HashData(samples);
#pragma warning restore CA5351, S4790
}
