using System.Runtime.InteropServices;
using Burqi.Media.Audio;
using Burqi.Testing;

namespace Burqi.Cli.Tests.Repair;

public sealed class RepairCommandTests
{
    private static readonly short[] Speech = TestSounds.All["caller"]();

    private readonly string _folder = TestFolder.Create("repair");

    public static TheoryData<string, byte[]> GoodFiles()
    {
        var stereo = Speech.SelectMany(s => new[] { s, (short)(s / 2) }).ToArray();
        var files = new TheoryData<string, byte[]>
        {
            { "stereo", TestWav.Pcm16(stereo, channels: 2) },
            { "list before", TestWav.File(1, 1, 8000, 16, MemoryMarshal.AsBytes<short>(Speech), before: TestWav.Chunk("LIST", 26)) },
            { "list after", TestWav.File(1, 1, 8000, 16, MemoryMarshal.AsBytes<short>(Speech), after: TestWav.Chunk("LIST", 26)) },
            { "odd 8 bit with a chunk after", TestWav.File(1, 1, 8000, 8, [.. Speech[..8001].Select(s => (byte)((s >> 8) + 128))], after: TestWav.Chunk("id3 ", 10)) },
            { "mu-law that says so", TestWav.File(7, 1, 8000, 8, TestSounds.Encode(Speech)) },
            { "24 bit", TestWav.File(1, 1, 48000, 24, [.. Speech.SelectMany(s => new byte[] { 0, (byte)s, (byte)(s >> 8) })]) },
            { "rf64", TestWav.Rf64(Speech) },
            { "empty", TestWav.Pcm16([]) },
        };
        foreach (var (name, samples) in TestSounds.All)
        {
            files.Add(name, TestWav.Pcm16(samples()));
        }

        return files;
    }

    public static TheoryData<string, byte[]> WrongLengths()
    {
        var data = MemoryMarshal.AsBytes<short>(Speech);
        return new()
        {
            { "zero", TestWav.File(1, 1, 8000, 16, data, 0, 0) },
            { "unknown", TestWav.File(1, 1, 8000, 16, data, uint.MaxValue, uint.MaxValue) },
            { "signed maximum", TestWav.File(1, 1, 8000, 16, data, int.MaxValue, int.MaxValue) },
            { "too small", TestWav.File(1, 1, 8000, 16, data, 16000, 16036) },
            { "too big", TestWav.File(1, 1, 8000, 16, data, (uint)data.Length + 1000) },
            { "riff alone", TestWav.File(1, 1, 8000, 16, data, declaredRiff: 36) },
            { "half a sample", TestWav.File(1, 1, 8000, 16, [.. data, 7], 0) },
            { "cut off behind the format", [.. TestWav.File(1, 1, 8000, 16, data)[..36], .. data[16000..]] },
            { "unfinished rf64", TestWav.Rf64(Speech, declaredData: 0) },
        };
    }

    [Theory]
    [MemberData(nameof(GoodFiles))]
    public async Task GoodFile_IsNotTouched(string name, byte[] content)
    {
        var path = Write("good.wav", content);
        var written = File.GetLastWriteTimeUtc(path);

        (await RunAsync("repair", path)).ShouldBe(0, name);

        File.ReadAllBytes(path).ShouldBe(content);
        File.GetLastWriteTimeUtc(path).ShouldBe(written);
        Directory.GetFiles(_folder).ShouldBe([path]);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(8)]
    public async Task MuLawUnderALinearHeader_IsDecoded(int bits)
    {
        var codes = TestSounds.Encode(Speech);
        var path = Write("garbled.wav", TestWav.File(1, 1, 8000, bits, codes));

        (await RunAsync("repair", path)).ShouldBe(0);

        var expected = new short[codes.Length];
        MuLaw.Decode(codes, expected);
        TestWav.Read(await File.ReadAllBytesAsync(path)).ShouldBe(expected);

        var repaired = await File.ReadAllBytesAsync(path);
        (await RunAsync("repair", path)).ShouldBe(0);
        (await File.ReadAllBytesAsync(path)).ShouldBe(repaired, "a second run finds nothing");
    }

    [Fact]
    public async Task MuLawWithWrongLengths_IsDecodedWhole()
    {
        var codes = TestSounds.Encode(Speech)[..^1];
        var path = Write("garbled.wav", TestWav.File(1, 1, 8000, 16, codes, 0, 0));

        (await RunAsync("repair", path)).ShouldBe(0);

        TestWav.Read(await File.ReadAllBytesAsync(path)).Length.ShouldBe(codes.Length);
    }

    [Theory]
    [MemberData(nameof(WrongLengths))]
    public async Task WrongLengths_AreMadeTrue(string name, byte[] content)
    {
        var path = Write("cut.wav", content);

        (await RunAsync("repair", path)).ShouldBe(0);

        var samples = TestWav.Read(await File.ReadAllBytesAsync(path));
        samples.ShouldBe(name == "cut off behind the format" ? Speech[8000..] : Speech, name);
    }

    [Fact]
    public async Task Folder_RepairsWhatIsAsked_KeepsBackups_AndSaysWhatCouldNotBe()
    {
        var garbled = TestWav.File(1, 1, 8000, 16, TestSounds.Encode(Speech));
        var top = Write("top.wav", garbled);
        var below = Write("calls/CA1/below.WAV", garbled);
        var strange = Write("strange.wav", "<html>not found</html>"u8.ToArray());

        (await RunAsync("repair", _folder, "--backup")).ShouldBe(1, "one file could not be repaired");

        (await File.ReadAllBytesAsync(top + ".bak")).ShouldBe(garbled);
        TestWav.Read(await File.ReadAllBytesAsync(top)).Length.ShouldBe(Speech.Length);
        (await File.ReadAllBytesAsync(below)).ShouldBe(garbled, "it lies in a folder of the folder");
        (await File.ReadAllTextAsync(strange)).ShouldBe("<html>not found</html>");

        File.Delete(strange);
        (await RunAsync("repair", _folder, "--recursive")).ShouldBe(0);
        TestWav.Read(await File.ReadAllBytesAsync(below)).Length.ShouldBe(Speech.Length);
    }

    [Fact]
    public async Task Output_LeavesTheDamagedFilesAsTheyAre()
    {
        var garbled = TestWav.File(1, 1, 8000, 16, TestSounds.Encode(Speech));
        var path = Write("in/CA1/user.wav", garbled);
        Write("in/CA1/good.wav", TestWav.Pcm16(Speech));
        var output = Path.Combine(_folder, "out");

        (await RunAsync("repair", Path.Combine(_folder, "in"), "--recursive", "--output", output)).ShouldBe(0);

        (await File.ReadAllBytesAsync(path)).ShouldBe(garbled);
        TestWav.Read(await File.ReadAllBytesAsync(Path.Combine(output, "CA1", "user.wav"))).Length.ShouldBe(Speech.Length);
        Directory.GetFiles(output, "*", SearchOption.AllDirectories).Length.ShouldBe(1, "good files are not copied");
    }

    [Theory]
    [InlineData("repair", "/no/such/place")]
    [InlineData("repair")]
    [InlineData("repair", ".", "--unknown")]
    public async Task WrongUsage_HasACodeOfItsOwn(params string[] args) => (await RunAsync(args)).ShouldBe(2);

    private static Task<int> RunAsync(params string[] args) => BurqiCommand.RunAsync(args);

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }
}
