using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>What both audio routes promise, whichever store the audio lies in.</summary>
public abstract class RecordingContentContract(CatalogHost catalog)
{
    protected CatalogHost Catalog => catalog;

    protected abstract Task PutAsync(string objectKey, Stream content);

    [Fact]
    public async Task Get_Download_IsTheWholeFileUnderAGoodName()
    {
        var (told, bytes) = await StoreAsync(100_000);
        using var response = await SendAsync(HttpMethod.Get, Download(told));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
        response.Content.Headers.ContentLength.ShouldBe(bytes.Length);
        response.Content.Headers.ContentType!.ToString().ShouldBe("audio/wav");
        response.Content.Headers.ContentDisposition!.ToString().ShouldBe(
            $"attachment; filename={told.CallId}_mixed_20260301T093000Z.wav; filename*=UTF-8''{told.CallId}_mixed_20260301T093000Z.wav");
        response.Content.Headers.LastModified.ShouldBe(new DateTimeOffset(2026, 3, 1, 9, 30, 37, TimeSpan.Zero));
        response.Headers.ETag!.Tag.ShouldBe($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"");
        response.Headers.AcceptRanges.ShouldBe(["bytes"]);
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.CacheControl!.ToString().ShouldBe("no-cache, private");
    }

    [Theory]
    [InlineData("wav", "audio/wav")]
    [InlineData("mp3", "audio/mpeg")]
    [InlineData("xyz", "application/octet-stream")]
    public async Task Get_Play_IsInlineAndOfItsType(string format, string type)
    {
        var (told, bytes) = await StoreAsync(1000, format);
        using var response = await SendAsync(HttpMethod.Get, Play(told));

        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
        response.Content.Headers.ContentType!.ToString().ShouldBe(type);
        response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("inline");
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=70000-89999", 70_000, 20_000)]
    [InlineData("bytes=99999-", 99_999, 1)]
    [InlineData("bytes=-10", 99_990, 10)]
    [InlineData("bytes=50000-999999999", 50_000, 50_000)]
    public async Task Get_Range_IsThatPart(string range, int offset, int length)
    {
        var (told, bytes) = await StoreAsync(100_000);
        using var response = await SendAsync(HttpMethod.Get, Play(told), ("Range", range));

        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[offset..(offset + length)]);
        response.Content.Headers.ContentLength.ShouldBe(length);
        response.Content.Headers.ContentRange!.ToString().ShouldBe($"bytes {offset}-{offset + length - 1}/100000");
    }

    [Fact]
    public async Task Get_RangeOutside_Is416WithTheSize()
    {
        var (told, _) = await StoreAsync(1000);
        using var response = await SendAsync(HttpMethod.Get, Play(told), ("Range", "bytes=1000-"));

        response.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
        response.Content.Headers.ContentRange!.ToString().ShouldBe("bytes */1000");
    }

    [Fact]
    public async Task Get_SeveralRanges_IsTheWhole()
    {
        var (told, bytes) = await StoreAsync(1000);
        using var response = await SendAsync(HttpMethod.Get, Play(told), ("Range", "bytes=0-1,4-5"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
    }

    [Fact]
    public async Task Get_KnownTag_Is304AndStillValidRange206()
    {
        var (told, bytes) = await StoreAsync(1000);
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"";

        using var known = await SendAsync(HttpMethod.Get, Play(told), ("If-None-Match", tag));
        known.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        known.Headers.ETag!.Tag.ShouldBe(tag);
        (await known.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();

        using var part = await SendAsync(HttpMethod.Get, Play(told), ("Range", "bytes=1-2"), ("If-Range", tag));
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        using var whole = await SendAsync(HttpMethod.Get, Play(told), ("Range", "bytes=1-2"), ("If-Range", "\"other\""));
        whole.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var refused = await SendAsync(HttpMethod.Get, Play(told), ("If-Match", "\"other\""));
        refused.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task Head_HasTheHeadersOfGetAndNoBody()
    {
        var (told, bytes) = await StoreAsync(1000);
        using var get = await SendAsync(HttpMethod.Get, Download(told));
        using var head = await SendAsync(HttpMethod.Head, Download(told), ("Range", "bytes=0-9"));

        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ToString().ShouldBe(get.Content.Headers.ToString());
        head.Headers.ETag.ShouldBe(get.Headers.ETag);
        head.Content.Headers.ContentLength.ShouldBe(bytes.Length);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Get_EmptyFile_Is200AndEmpty()
    {
        var (told, _) = await StoreAsync(0);
        using var response = await SendAsync(HttpMethod.Get, Download(told));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.ShouldBe(0);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Request_ObjectMissingOrOfAnotherSize_Is404AndCounted(string method)
    {
        using var missing = new MetricCounter("burqi.catalog.content.missing", catalog.Services);
        var gone = new Told();
        await catalog.TellAsync(gone.Archived($"gone/{gone.CallId}"));
        var (shorter, _) = await StoreAsync(1000, tellSize: 1001);
        var (longer, _) = await StoreAsync(1000, tellSize: 999);

        foreach (var told in (Told[])[gone, shorter, longer])
        {
            using var response = await SendAsync(new HttpMethod(method), Play(told));
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            response.Content.Headers.ContentDisposition.ShouldBeNull();
            response.Headers.ETag.ShouldBeNull();
        }

        missing.Total.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Fact]
    public async Task Get_ManyAtOnce_EachGetsItsOwn()
    {
        var stored = new List<(Told Told, byte[] Bytes)>();
        for (var index = 0; index < 4; index++)
        {
            stored.Add(await StoreAsync(300_000 + index));
        }

        await Task.WhenAll(Enumerable.Range(0, 24).Select(async index =>
        {
            var (told, bytes) = stored[index % 4];
            using var response = await SendAsync(HttpMethod.Get, Play(told), ("Range", $"bytes={index * 1000}-"));
            (await response.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[(index * 1000)..]);
        }));
    }

    [Fact]
    public async Task Get_ClientLeaves_EndsTheTransferAndServesOthers()
    {
        using var ended = new MetricCounter("burqi.catalog.content.responses", catalog.Services, ("ending", "client-left"));
        var (told, bytes) = await StoreAsync(48 * 1024 * 1024);
        using (var response = await SendAsync(HttpMethod.Get, Play(told)))
        {
            await using var stream = await response.Content.ReadAsStreamAsync();
            await stream.ReadExactlyAsync(new byte[1000]);
        }

        await Eventually.BecomesTrueAsync(() => ended.Total >= 1);
        using var next = await SendAsync(HttpMethod.Get, Play(told), ("Range", "bytes=0-9"));
        (await next.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[..10]);
    }

    [Fact]
    public async Task Get_ByFfmpeg_DecodesAndSeeks()
    {
        var wav = Wav(seconds: 20);
        var (told, _) = await StoreAsync(wav);
        var url = $"{catalog.Client.BaseAddress!.AbsoluteUri.TrimEnd('/')}{Play(told)}";
        string[] header = ["-headers", $"Authorization: Bearer {CatalogHost.ApiKey}\r\n"];

        Encoding.ASCII.GetString(await RunAsync("ffprobe", [.. header, "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", url])).Trim().ShouldBe("20.000000");

        // The last two seconds, which ffmpeg fetches by a range of its own.
        var tail = await RunAsync("ffmpeg", [.. header, "-v", "error", "-ss", "18", "-i", url, "-f", "s16le", "-c", "copy", "-"]);
        tail.ShouldBe(wav[(44 + (18 * 16_000))..]);

        using var refused = Start("ffprobe", ["-v", "error", url]);
        await refused.WaitForExitAsync();
        refused.ExitCode.ShouldNotBe(0);
    }

    protected static string Download(Told told) => $"/calls/{told.CallId}/recording/{told.Id}";

    protected static string Play(Told told) => $"{Download(told)}/play";

    protected async Task<HttpResponseMessage> SendAsync(HttpMethod method, string route, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, route);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        return await catalog.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    protected async Task<(Told Told, byte[] Bytes)> StoreAsync(int size, string format = "wav", long? tellSize = null)
    {
        var bytes = new byte[size];
        Random.Shared.NextBytes(bytes);
        return await StoreAsync(bytes, format, tellSize);
    }

    private async Task<(Told Told, byte[] Bytes)> StoreAsync(byte[] bytes, string format = "wav", long? tellSize = null)
    {
        var told = new Told();
        var objectKey = $"recordings/2026/03/01/{told.CallId}/mixed_1772357400.{format}";
        await PutAsync(objectKey, new MemoryStream(bytes));
        await catalog.TellAsync(
            told.Started(), told.Archived(objectKey, tellSize ?? bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), format));
        return (told, bytes);
    }

    /// <summary>8 kHz, 16 bit, mono: 16 000 bytes a second after a header of 44.</summary>
    private static byte[] Wav(int seconds)
    {
        using var wav = new MemoryStream();
        using var writer = new BinaryWriter(wav);
        var size = seconds * 16_000;
        writer.Write("RIFF"u8);
        writer.Write(36 + size);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(8000);
        writer.Write(16_000);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(size);
        for (var sample = 0; sample < size / 2; sample++)
        {
            writer.Write((short)(10_000 * Math.Sin(sample * sample / 50_000.0)));
        }

        return wav.ToArray();
    }

    private static async Task<byte[]> RunAsync(string program, string[] arguments)
    {
        using var process = Start(program, arguments);
        using var output = new MemoryStream();
        var copying = process.StandardOutput.BaseStream.CopyToAsync(output);
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await errors);
        await copying;
        return output.ToArray();
    }

    private static Process Start(string program, string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    }) ?? throw new InvalidOperationException($"{program} did not start.");
}
