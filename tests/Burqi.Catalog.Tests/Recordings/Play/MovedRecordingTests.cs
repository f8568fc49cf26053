using System.Net;
using Burqi.Catalog.Content;
using Burqi.Catalog.Content.LocalDisk;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Catalog.Tests.Recordings.Upgrade;
using Burqi.Contracts.Recordings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>A recording that leaves the fallback between the look at its row and the look at the store.</summary>
public sealed class MovedRecordingTests(MovedRecordingTests.MovedRecordingHost catalog) : IClassFixture<MovedRecordingTests.MovedRecordingHost>
{
    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Request_RecordingIsMovedMeanwhile_IsAnsweredFromWhereItLiesNow(string method)
    {
        var told = new Told();
        var first = told.Archived(fileSize: 7) with { Store = MovedRecordingHost.FallbackName };
        var path = Path.Combine(catalog.ObjectsDirectory, first.ObjectKey);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, "1234567"u8.ToArray(), TestContext.Current.CancellationToken);
        await catalog.TellAsync(first);
        catalog.Fallback.OnNextLook = () => catalog.TellAsync(first with { Store = "disk", ArchivedAt = first.ArchivedAt.AddMinutes(30) });

        using var request = new HttpRequestMessage(new HttpMethod(method), $"/calls/{told.CallId}/recording/{told.Id}/play");
        using var response = await catalog.Client.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.ShouldBe(7);
        catalog.Fallback.OnNextLook.ShouldBeNull("it was asked first");
        (await catalog.RecordingAsync(told.Id))["recording_metadata"]!["store"]!.GetValue<string>().ShouldBe("disk");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Archived_ToldTwiceInAnyOrder_TheLaterPlaceCounts(bool laterFirst)
    {
        var told = new Told();
        var first = told.Archived() with { Store = "disk", ObjectUrl = "file:///objects/1" };
        RecordingArchived second = first with { Store = "s3", ObjectUrl = "s3://bucket/1", ArchivedAt = first.ArchivedAt.AddMinutes(30) };

        await catalog.TellAsync(laterFirst ? [second, first] : [first, second]);

        var row = await catalog.RecordingAsync(told.Id);
        (row["recording_metadata"]!["store"]!.GetValue<string>(), row["s3_url"]!.GetValue<string>(), row["status"]!.GetValue<string>())
            .ShouldBe(("s3", "s3://bucket/1", "completed"));
    }

    /// <summary>A mix that points at the provider's recording goes where that goes, and that is no news of the call.</summary>
    [Fact]
    public async Task Archived_ProvidersRecordingIsMoved_TheMixPointsWhereItLies()
    {
        var call = new ToldCall();
        var first = call.OfferArchived() with { Store = MovedRecordingHost.FallbackName, ObjectUrl = "emptied://1" };
        await catalog.TellAsync([call.CallStarted(), call.CallEnded(), .. call.Stream(), first]);
        (await catalog.RecordingAsync(call.Local("mixed")))["recording_metadata"].ShouldHave(("store", MovedRecordingHost.FallbackName));
        var events = (await call.EventsAsync(catalog)).ToJsonString();

        await catalog.TellAsync(first with { Store = "disk", ObjectUrl = "file:///1", ArchivedAt = first.ArchivedAt.AddMinutes(30) });

        var mix = await catalog.RecordingAsync(call.Local("mixed"));
        mix.ShouldHave(("s3_url", "file:///1"));
        mix["recording_metadata"].ShouldHave(("store", "disk"), ("source", "twilio_override"));
        (await call.EventsAsync(catalog)).ToJsonString().ShouldBe(events);
    }

    public sealed class MovedRecordingHost : CatalogHost
    {
        public const string FallbackName = "emptied";

        internal EmptiedStore Fallback { get; } = new();

        protected override void ConfigureServices(IServiceCollection services) => services.AddSingleton(provider => new RecordingContents(
            new LocalDiskRecordingContent(provider.GetRequiredService<IOptions<ContentOptions>>()), Fallback));
    }

    /// <summary>Has nothing any more, and something happens before it says so.</summary>
    internal sealed class EmptiedStore : IRecordingContent
    {
        public Func<Task>? OnNextLook { get; set; }

        public string Store => MovedRecordingHost.FallbackName;

        public async Task<FoundContent?> FindAsync(string objectKey, CancellationToken cancellationToken)
        {
            await LookAsync();
            return null;
        }

        public async Task<OpenedContent?> OpenAsync(string objectKey, long offset, long length, CancellationToken cancellationToken)
        {
            await LookAsync();
            return null;
        }

        private Task LookAsync()
        {
            var look = OnNextLook;
            OnNextLook = null;
            return look?.Invoke() ?? Task.CompletedTask;
        }
    }
}
