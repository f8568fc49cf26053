using Burqi.Catalog.Tests.Fixtures;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>Alone, because what the other tests allocate would be counted.</summary>
[CollectionDefinition(nameof(ConstantMemoryTests), DisableParallelization = true)]
public sealed class ConstantMemoryGroup;

[Collection(nameof(ConstantMemoryTests))]
public sealed class ConstantMemoryTests(CatalogHost catalog)
{
    [Fact]
    public async Task Get_LargeFile_PassesThroughWithoutBeingHeld()
    {
        const long Size = 1L << 30;
        var told = new Told();
        var path = Path.Combine(catalog.ObjectsDirectory, told.CallId);
        Directory.CreateDirectory(catalog.ObjectsDirectory);
        await using (var sparse = File.Create(path))
        {
            sparse.SetLength(Size);
        }

        await catalog.TellAsync(told.Archived(told.CallId, Size));
        var buffer = new byte[256 * 1024];
        await ReadAsync("bytes=0-99");

        // All that server and client allocate on the way, garbage included: a few percent of the file.
        var before = GC.GetTotalAllocatedBytes(precise: true);
        (await ReadAsync(null)).ShouldBe(Size);
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(Size / 20);
        File.Delete(path);

        async Task<long> ReadAsync(string? range)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/calls/{told.CallId}/recording/{told.Id}");
            request.Headers.TryAddWithoutValidation("Range", range);
            using var response = await catalog.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await using var stream = await response.Content.ReadAsStreamAsync();
            var total = 0L;
            while (await stream.ReadAsync(buffer) is var read and > 0)
            {
                total += read;
            }

            return total;
        }
    }
}
