using System.Net;
using Burqi.Catalog.Tests.Fixtures;

namespace Burqi.Catalog.Tests.Recordings.Play;

public sealed class LocalDiskRecordingContentTests(CatalogHost catalog) : RecordingContentContract(catalog)
{
    protected override async Task PutAsync(string objectKey, Stream content)
    {
        var path = Path.Combine(Catalog.ObjectsDirectory, objectKey);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = File.Create(path);
        await content.CopyToAsync(file);
    }

    [Theory]
    [InlineData("../secret.wav")]
    [InlineData("recordings/../../secret.wav")]
    [InlineData("ABSOLUTE")]
    [InlineData("../objects-of-others/secret.wav")]
    [InlineData("recordings/..")]
    public async Task Get_KeyThatLeavesTheRoot_Is404(string objectKey)
    {
        var secret = Path.Combine(Catalog.DataDirectory, "secret.wav");
        await File.WriteAllTextAsync(secret, "1234567");
        Directory.CreateDirectory(Path.Combine(Catalog.DataDirectory, "objects-of-others"));
        await File.WriteAllTextAsync(Path.Combine(Catalog.DataDirectory, "objects-of-others", "secret.wav"), "1234567");
        Directory.CreateDirectory(Path.Combine(Catalog.ObjectsDirectory, "recordings"));
        var told = new Told();
        await Catalog.TellAsync(told.Archived(objectKey == "ABSOLUTE" ? secret : objectKey, fileSize: 7));

        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
        {
            using var response = await SendAsync(method, Play(told));
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }
}
