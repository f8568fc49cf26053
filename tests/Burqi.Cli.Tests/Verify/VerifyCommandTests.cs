using System.Security.Cryptography;
using System.Text.Json;
using Burqi.Cli.Verify;
using Burqi.Media.Spool;
using Burqi.Testing;

namespace Burqi.Cli.Tests.Verify;

public sealed class VerifyCommandTests
{
    private static readonly short[] Speech = TestSounds.All["caller"]();

    private readonly string _folder = TestFolder.Create("verify");

    [Fact]
    public async Task GoodFolder_IsGood()
    {
        WriteCall("CA1", TestWav.Pcm16(Speech));

        (await BurqiCommand.RunAsync(["verify", _folder])).ShouldBe(0);
    }

    [Theory]
    [InlineData("lengths")]
    [InlineData("mu-law")]
    [InlineData("changed")]
    [InlineData("shorter")]
    [InlineData("missing")]
    [InlineData("no header")]
    [InlineData("manifest")]
    [InlineData("unfinished")]
    public async Task AnythingWrong_IsFound(string what)
    {
        var path = WriteCall("CA1", TestWav.Pcm16(Speech), what == "unfinished" ? ManifestStates.Recording : ManifestStates.Announced);
        WriteCall("CA2", TestWav.Pcm16(Speech));
        var content = await File.ReadAllBytesAsync(path);
        switch (what)
        {
            case "lengths":
                content[40]++;
                break;
            case "mu-law":
                content = TestWav.File(1, 1, 8000, 16, TestSounds.Encode(Speech));
                break;
            case "changed":
                content[2000]++;
                break;
            case "shorter":
                content = TestWav.Pcm16(Speech.AsSpan(0, 8000));
                break;
            case "no header":
                content[0] = 0;
                break;
            case "manifest":
                await File.WriteAllTextAsync(Directory.GetFiles(Path.GetDirectoryName(path)!, "manifest_*")[0], "{");
                break;
            default:
                break;
        }

        await File.WriteAllBytesAsync(path, content);
        if (what == "missing")
        {
            File.Delete(path);
        }

        (await BurqiCommand.RunAsync(["verify", _folder])).ShouldBe(1);
        (await BurqiCommand.RunAsync(["verify", Path.Combine(_folder, "CA2")])).ShouldBe(0, "the other call is good");
    }

    [Fact]
    public async Task Levels_AreThoseOfTheAudio()
    {
        // A second of silence, a second of a square wave at half scale, a second at full scale.
        short[] samples = [.. new short[8000], .. Square(16384), .. Square(short.MaxValue)];
        var path = Path.Combine(_folder, "levels.wav");
        await File.WriteAllBytesAsync(path, TestWav.Pcm16(samples));

        var report = await FolderVerification.CheckAsync(path, TestContext.Current.CancellationToken);

        report.Problems.ShouldBeEmpty();
        report.DurationMs.ShouldBe(3000);
        report.Levels!.PeakDbfs.ShouldBe(0, 0.001);
        report.Levels.SilentShare.ShouldBe(1.0 / 3, 1e-9);
        report.Levels.ClippedShare.ShouldBe(1.0 / 6, 1e-9, "the lower half of the wave stays one above the end of the range");
    }

    private static IEnumerable<short> Square(short amplitude) => Enumerable.Range(0, 8000).Select(i => i / 10 % 2 == 0 ? amplitude : (short)-amplitude);

    private string WriteCall(string callId, byte[] wav, string state = ManifestStates.Announced)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, callId)).FullName;
        var path = Path.Combine(folder, "user_1700000000.wav");
        File.WriteAllBytes(path, wav);
        var manifest = new RecordingManifest
        {
            State = state,
            Provider = "twilio",
            CallId = callId,
            StreamId = "MZ1",
            Unix = 1_700_000_000,
            Node = "media-1",
            Run = Guid.NewGuid(),
            SampleRate = 8000,
            StartedAt = DateTimeOffset.UnixEpoch,
            StreamIds = ["MZ1"],
            Tracks = [],
            Recordings = [new ManifestRecording { RecordingId = Guid.NewGuid(), RecordingType = "user", File = Path.GetFileName(path), FileSize = wav.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(wav)) }],
        };
        File.WriteAllBytes(Path.Combine(folder, "manifest_1700000000.json"), JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJsonContext.Default.RecordingManifest));
        return path;
    }
}
