using System.Net;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Disk;
using Burqi.Encryption;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>Encrypted objects on the disk: what is heard of them is what both routes promise of any, or nothing and why.</summary>
public sealed class EncryptedDiskContentTests(EncryptedDiskContentTests.EncryptedHost catalog)
    : RecordingContentContract(catalog), IClassFixture<EncryptedDiskContentTests.EncryptedHost>
{
    private const int SeveralChunks = (3 * EncryptedLayout.ChunkSize) + 1000;

    [Theory]
    [InlineData("bytes=65535-65536")]
    [InlineData("bytes=65536-131071")]
    [InlineData("bytes=100000-")]
    [InlineData("bytes=-1")]
    [InlineData("bytes=197000-197607")]
    public async Task Get_RangeAnywhere_IsThatPartOfTheAudio(string range)
    {
        var (told, bytes) = await StoreAsync(SeveralChunks);
        using var response = await SendAsync(HttpMethod.Get, Play(told), ("Range", range));

        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        var part = response.Content.Headers.ContentRange.ShouldNotBeNull();
        part.Length.ShouldBe(SeveralChunks);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[(int)part.From!..((int)part.To! + 1)]);
    }

    [Theory]
    [InlineData("bytes=0-")]
    [InlineData("bytes=150000-150009")]
    public async Task Get_ObjectFromBeforeThereWasAKey_IsReadAsItIs(string range)
    {
        var (told, bytes) = await StoreAsync(SeveralChunks);
        var path = PathOf(told);
        await File.WriteAllBytesAsync(path, bytes);
        DeleteMetadata(path);

        using var response = await SendAsync(HttpMethod.Get, Play(told), ("Range", range));

        var part = response.Content.Headers.ContentRange.ShouldNotBeNull();
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[(int)part.From!..((int)part.To! + 1)]);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Request_KeyIsNotThere_Is503AndNamesIt(string method)
    {
        var (told, bytes) = await StoreAsync(SeveralChunks);
        await ReplaceAsync(PathOf(told), bytes, "lost");

        using var response = await SendAsync(new HttpMethod(method), Play(told));

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.ETag.ShouldBeNull();
        if (method == "GET")
        {
            (await DetailAsync(response)).ShouldStartWith("The object is encrypted with key 'lost', which is not configured here");
        }
    }

    [Fact]
    public async Task Get_KeyIsAnotherOrMetadataAltered_Is503()
    {
        var (told, _) = await StoreAsync(SeveralChunks);
        var path = PathOf(told);
        var entries = FileMetadata.Read(path).ToDictionary();
        entries["burqikey"] = Convert.ToBase64String(new byte[67]);
        await WriteMetadataAsync(path, entries);

        using var wrong = await SendAsync(HttpMethod.Get, Play(told));
        wrong.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await DetailAsync(wrong)).ShouldBe($"Key '{EncryptedObject.KeyId}' is not the one that the object was encrypted with, or its metadata was altered.");

        entries["burqiencryption"] = "2";
        await WriteMetadataAsync(path, entries);
        using var unknown = await SendAsync(HttpMethod.Get, Play(told));
        unknown.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await DetailAsync(unknown)).ShouldBe("The object is encrypted in version '2', which this release does not know.");
    }

    [Fact]
    public async Task Get_MetadataLost_IsNotPlayedAsIfItWereAudio()
    {
        var (told, _) = await StoreAsync(SeveralChunks);
        DeleteMetadata(PathOf(told));

        using var response = await SendAsync(HttpMethod.Get, Play(told));

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Get_ChunkWasAltered_IsBrokenOffBeforeIt()
    {
        var (told, bytes) = await StoreAsync(SeveralChunks);
        var path = PathOf(told);
        var encrypted = await File.ReadAllBytesAsync(path);
        encrypted[(2 * EncryptedLayout.EncryptedChunkSize) + 5] ^= 1;
        await File.WriteAllBytesAsync(path, encrypted);
        using var response = await SendAsync(HttpMethod.Get, Play(told));
        using var read = new MemoryStream();

        await Should.ThrowAsync<Exception>(async () => await (await response.Content.ReadAsStreamAsync()).CopyToAsync(read));

        read.ToArray().ShouldBe(bytes[..(int)read.Length]);
        read.Length.ShouldBeLessThanOrEqualTo(2 * EncryptedLayout.ChunkSize);
        using var untouched = await SendAsync(HttpMethod.Get, Play(told), ("Range", "bytes=-10"));
        (await untouched.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[^10..]);
    }

    protected override async Task PutAsync(string objectKey, Stream content)
    {
        var path = Path.Combine(Catalog.ObjectsDirectory, objectKey);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var (encrypted, metadata) = await EncryptedObject.OfAsync(objectKey, content);
        await WriteAsync(path, encrypted, metadata);
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>();

    private string PathOf(Told told) => Path.Combine(Catalog.ObjectsDirectory, $"recordings/2026/03/01/{told.CallId}/mixed_1772357400.wav");

    private async Task ReplaceAsync(string path, byte[] audio, string keyId)
    {
        var (encrypted, metadata) = await EncryptedObject.OfAsync(Path.GetRelativePath(Catalog.ObjectsDirectory, path), new MemoryStream(audio), keyId);
        await WriteAsync(path, encrypted, metadata);
    }

    private static async Task WriteAsync(string path, byte[] encrypted, IReadOnlyDictionary<string, string> metadata)
    {
        await File.WriteAllBytesAsync(path, encrypted);
        await WriteMetadataAsync(path, metadata);
    }

    private static Task WriteMetadataAsync(string path, IReadOnlyDictionary<string, string> metadata) =>
        File.WriteAllBytesAsync(FileMetadata.PathOf(path, File.GetLastWriteTimeUtc(path)), FileMetadata.Serialize(new FileInfo(path).Length, metadata));

    private static void DeleteMetadata(string path)
    {
        foreach (var sidecar in FileMetadata.Of(path).ToList())
        {
            File.Delete(sidecar);
        }
    }

    public sealed class EncryptedHost : CatalogHost
    {
        protected override Task<Dictionary<string, string>> SettingsAsync() => Task.FromResult(new Dictionary<string, string>(EncryptedObject.Settings));
    }
}
