using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Burqi.Catalog.Calls.Export;
using Burqi.Catalog.Tests.Fixtures;
using Dapper;

namespace Burqi.Catalog.Tests.Calls;

public sealed class ExportCallTests(CatalogHost catalog)
{
    [Fact]
    public async Task Get_CallWithRecordings_IsAZipFileOfThemWithAManifest()
    {
        var told = new Told();
        var (first, second) = (RandomNumberGenerator.GetBytes(100_003), RandomNumberGenerator.GetBytes(1));
        var same = new Told { CallId = told.CallId };
        var pending = new Told { CallId = told.CallId };
        await catalog.TellAsync(told.CallStarted());
        await StoreAsync(told, first, "a.wav");
        await StoreAsync(same, second, "b.wav");
        await catalog.TellAsync(pending.Started());

        using var response = await catalog.Client.GetAsync(new Uri($"/calls/{told.CallId}/recordings.zip", UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
        response.Content.Headers.ContentDisposition!.FileNameStar.ShouldBe($"{told.CallId}.zip");
        var bytes = await response.Content.ReadAsByteArrayAsync();
        response.Content.Headers.ContentLength.ShouldBe(bytes.Length);

        await using var zip = new ZipArchive(new MemoryStream(bytes));
        zip.Entries.Count.ShouldBe(3);
        zip.Entries.ShouldAllBe(entry => entry.CompressedLength == entry.Length);
        var manifest = JsonNode.Parse(Read(zip.Entries[0]))!;
        manifest["call"].ShouldHave(("call_id", told.CallId), ("from_address", "+15005550006"));
        manifest["recordings"]!.AsArray().Count.ShouldBe(3);
        manifest["left_out"]!.AsArray().ShouldHaveSingleItem().ShouldHave(("recording_id", pending.Id.ToString()), ("reason", "Its status is recording."));
        foreach (var file in manifest["files"]!.AsArray())
        {
            var read = Read(zip.GetEntry(file!["name"]!.GetValue<string>()).ShouldNotBeNull());
            read.ShouldBe(file["recording_ids"]![0]!.GetValue<Guid>() == told.Id ? first : second);
            file.ShouldHave(("file_size", read.Length), ("sha256", Convert.ToHexStringLower(SHA256.HashData(read))));
        }

        await using var connection = await catalog.Database.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<long>("select count(*) from catalog.recording_events where call_id = @CallId and event = 'exported'", told)).ShouldBe(1);
    }

    [Fact]
    public async Task Get_TwoRecordingsOfOneObject_HoldsItOnce()
    {
        var told = new Told();
        var mix = new Told { CallId = told.CallId };
        var content = RandomNumberGenerator.GetBytes(1_000);
        await catalog.TellAsync(told.CallStarted());
        await StoreAsync(told, content, "same.wav");
        await StoreAsync(mix, content, "same.wav");

        await using var zip = new ZipArchive(await catalog.Client.GetStreamAsync(new Uri($"/calls/{told.CallId}/recordings.zip", UriKind.Relative)));
        zip.Entries.Count.ShouldBe(2);
        JsonNode.Parse(Read(zip.Entries[0]))!["files"]![0]!["recording_ids"]!.AsArray().Select(id => id!.GetValue<Guid>()).ShouldBe([told.Id, mix.Id], ignoreOrder: true);
    }

    [Fact]
    public async Task Get_NothingToExport_SaysWhy()
    {
        var (live, empty, lost) = (new Told(), new Told(), new Told());
        await catalog.TellAsync(live.CallStarted(), live.Started(), empty.CallStarted(), lost.CallStarted(), lost.Archived($"nowhere/{lost.CallId}.wav"));

        (await StatusAsync(live.CallId)).ShouldBe(HttpStatusCode.Conflict);
        (await StatusAsync(empty.CallId)).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(lost.CallId)).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync("none")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Get_ObjectThatIsNotWhatWasArchived_IsBrokenOff()
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted());
        await StoreAsync(told, RandomNumberGenerator.GetBytes(50_000), "changed.wav");
        await File.WriteAllBytesAsync(Path.Combine(catalog.ObjectsDirectory, "recordings", told.CallId, "changed.wav"), new byte[50_000]);

        await Should.ThrowAsync<HttpRequestException>(() => catalog.Client.GetByteArrayAsync(new Uri($"/calls/{told.CallId}/recordings.zip", UriKind.Relative)));
    }

    [Fact]
    public void Layout_FilesBeyond4GiB_HasTheirLengthsIn64Bits()
    {
        var entries = new[] { new ZipEntry("a.wav", 5L << 30, DateTime.UnixEpoch), new ZipEntry("ü.wav", 1, new DateTime(2026, 3, 1, 9, 30, 2, DateTimeKind.Utc)) };
        var expected = ZipLayout.LengthOf(entries);
        var parts = entries.Sum(entry => ZipLayout.Header(entry).Length + entry.Size + ZipLayout.Descriptor(entry, 0).Length);

        (parts + ZipLayout.End([.. entries.Select(entry => (entry, 0u))]).Length).ShouldBe(expected);
    }

    [Fact]
    public void Append_KnownText_HasTheKnownChecksum()
    {
        Crc32.Append(0, "123456789"u8).ShouldBe(0xCBF43926u);
        Crc32.Append(Crc32.Append(0, "1234"u8), "56789"u8).ShouldBe(0xCBF43926u);
    }

    private async Task<HttpStatusCode> StatusAsync(string callId)
    {
        using var response = await catalog.Client.GetAsync(new Uri($"/calls/{callId}/recordings.zip", UriKind.Relative));
        return response.StatusCode;
    }

    private async Task StoreAsync(Told told, byte[] content, string name)
    {
        var key = $"recordings/{told.CallId}/{name}";
        var path = Path.Combine(catalog.ObjectsDirectory, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, content);
        await catalog.TellAsync(told.Archived(key, content.Length, Convert.ToHexStringLower(SHA256.HashData(content))));
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
