using System.Security.Cryptography;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Hosting.Processes;
using Burqi.Testing;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>What people fetch recordings with: ffmpeg, which seeks by ranges, and curl, which resumes a download.</summary>
public sealed class ByOtherProgramsTests(CatalogHost catalog)
{
    private readonly Told _told = new();

    [Theory]
    [InlineData("wav", "-c:a pcm_s16le", "pcm_s16le")]
    [InlineData("mp3", "-c:a libmp3lame -b:a 64k", "mp3")]
    public async Task Play_ByFfmpeg_IsMeasuredAndSoughtIn(string format, string arguments, string codec)
    {
        var path = await StoreAsync(format, arguments);

        var probed = await RunAsync("ffprobe", [.. Ffmpeg, "-show_entries", "stream=codec_name,duration", "-of", "csv=p=0", Address("/play")]);
        var remote = await RunAsync("ffmpeg", [.. Ffmpeg, "-ss", "7", "-i", Address("/play"), "-f", "md5", "-"]);
        var local = await RunAsync("ffmpeg", "-v", "error", "-ss", "7", "-i", path, "-f", "md5", "-");

        probed.ShouldStartWith($"{codec},10.0");
        remote.ShouldBe(local);
    }

    [Fact]
    public async Task Download_ByCurl_IsNamedAndResumed()
    {
        var path = await StoreAsync("wav", "-c:a pcm_s16le");
        var folder = TestFolder.Create("curl");
        string[] curl = ["-sS", "--fail", "-H", $"Authorization: Bearer {CatalogHost.ApiKey}"];

        await RunAsync("curl", [.. curl, "--output-dir", folder, "-OJ", Address("")]);
        var file = Directory.GetFiles(folder).ShouldHaveSingleItem();
        Path.GetFileName(file).ShouldBe($"{_told.CallId}_mixed_20260301T093000Z.wav");
        (await File.ReadAllBytesAsync(file)).ShouldBe(await File.ReadAllBytesAsync(path));

        await using (var cut = File.OpenWrite(file))
        {
            cut.SetLength(12_345);
        }

        await RunAsync("curl", [.. curl, "-C", "-", "-o", file, Address("")]);
        (await File.ReadAllBytesAsync(file)).ShouldBe(await File.ReadAllBytesAsync(path));
        (await RunAsync("curl", [.. curl, "-I", Address("")])).ShouldContain($"Content-Length: {new FileInfo(path).Length}");
    }

    private static string[] Ffmpeg => ["-v", "error", "-headers", $"Authorization: Bearer {CatalogHost.ApiKey}\r\n"];

    private string Address(string route) => new Uri(catalog.Client.BaseAddress!, $"/calls/{_told.CallId}/recording/{_told.Id}{route}").AbsoluteUri;

    private async Task<string> StoreAsync(string format, string arguments)
    {
        var key = $"programs/{_told.Id}.{format}";
        var path = Path.Combine(catalog.ObjectsDirectory, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await RunAsync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "sine=duration=10:sample_rate=16000", .. arguments.Split(' '), path]);
        var content = await File.ReadAllBytesAsync(path);
        await catalog.TellAsync(_told.Archived(key, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)), format) with { StartedAt = Told.Start });
        return path;
    }

    private static Task<string> RunAsync(string program, params string[] arguments) =>
        ChildProcess.RunAsync(new ChildProcessStart(program, arguments), TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
}
