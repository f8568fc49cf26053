using System.Text.Json;
using Burqi.Disk;
using Burqi.Encryption;
using Burqi.Testing;

namespace Burqi.Cli.Tests.Encryption;

/// <summary>An encrypted object, its hidden metadata and the keys in the environment, which nothing else here reads.</summary>
public sealed class DecryptCommandTests : IDisposable
{
    private const string ObjectKey = "recordings/2026/03/01/CA1/mixed_1772357400.wav";
    private const int Size = (2 * EncryptedLayout.ChunkSize) + 999;

    private readonly byte[] _key = [.. Enumerable.Range(0, LocalKey.Size).Select(value => (byte)value)];
    private readonly byte[] _audio = new byte[Size];
    private readonly string _file = Path.Combine(TestFolder.Create("decrypt"), "objects", ObjectKey);

    public DecryptCommandTests()
    {
        new Random(1).NextBytes(_audio);
        Environment.SetEnvironmentVariable("BURQI_ENCRYPTION_OLD_KEYS", $"2026-03:{Convert.ToBase64String(_key)}");
    }

    public void Dispose() => Environment.SetEnvironmentVariable("BURQI_ENCRYPTION_OLD_KEYS", null);

    [Fact]
    public async Task Decrypt_FileOfTheDiskStore_IsTheAudio()
    {
        await StoreAsync();

        (await BurqiCommand.RunAsync(["decrypt", _file])).ShouldBe(0);

        (await File.ReadAllBytesAsync(Path.ChangeExtension(_file, ".decrypted.wav"), TestContext.Current.CancellationToken)).ShouldBe(_audio);
        Directory.GetFiles(Path.GetDirectoryName(_file)!).Length.ShouldBe(3); // the object, its metadata, the audio
        (await BurqiCommand.RunAsync(["decrypt", _file])).ShouldBe(2); // nothing is overwritten
    }

    [Fact]
    public async Task Decrypt_FileFromABucket_IsTheAudio()
    {
        var metadata = await StoreAsync();
        var folder = TestFolder.Create("bucket");
        var (file, head, output) = (Path.Combine(folder, "a.wav"), Path.Combine(folder, "head.json"), Path.Combine(folder, "out.wav"));
        File.Copy(_file, file);
        await File.WriteAllTextAsync(head, JsonSerializer.Serialize(new { ContentLength = 1, Metadata = metadata }), TestContext.Current.CancellationToken);

        (await BurqiCommand.RunAsync(["decrypt", file, "--metadata", head, "--object-key", ObjectKey, "-o", output])).ShouldBe(0);
        (await File.ReadAllBytesAsync(output, TestContext.Current.CancellationToken)).ShouldBe(_audio);

        (await BurqiCommand.RunAsync(["decrypt", file, "--metadata", head])).ShouldBe(1); // its name is not known
        (await BurqiCommand.RunAsync(["decrypt", file, "--object-key", ObjectKey])).ShouldBe(1); // nor what stands in its metadata
    }

    [Fact]
    public async Task Decrypt_WasAlteredOrIsAnother_LeavesNothing()
    {
        await StoreAsync();
        var encrypted = await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken);
        encrypted[^1] ^= 1;
        await File.WriteAllBytesAsync(_file, encrypted, TestContext.Current.CancellationToken);

        (await BurqiCommand.RunAsync(["decrypt", _file])).ShouldBe(1);
        (await BurqiCommand.RunAsync(["decrypt", _file, "--object-key", ObjectKey.Replace("CA1", "CA2")])).ShouldBe(1);

        Directory.GetFiles(Path.GetDirectoryName(_file)!).Length.ShouldBe(2);
    }

    private async Task<IReadOnlyDictionary<string, string>> StoreAsync()
    {
        var secret = ObjectSecret.Create();
        var envelope = await new KeyRing(new LocalKey("2026-03", _key), []).WrapAsync(secret, ObjectKey, TestContext.Current.CancellationToken);
        var metadata = envelope.In(metadata: null);
        using var encrypted = new MemoryStream();
        using var cipher = new ObjectSecret(secret, ObjectKey);
        foreach (var (index, chunk) in _audio.Chunk(EncryptedLayout.ChunkSize).Index())
        {
            var block = new byte[chunk.Length + EncryptedLayout.TagSize];
            cipher.Encrypt(index, index == 2, chunk, block);
            encrypted.Write(block);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        await File.WriteAllBytesAsync(_file, encrypted.ToArray(), TestContext.Current.CancellationToken);
        var written = File.GetLastWriteTimeUtc(_file);
        await File.WriteAllBytesAsync(FileMetadata.PathOf(_file, written), FileMetadata.Serialize(encrypted.Length, metadata), TestContext.Current.CancellationToken);
        return metadata;
    }
}
