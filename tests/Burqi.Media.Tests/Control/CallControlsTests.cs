using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.Media.Control;
using Burqi.Media.Streams;
using Burqi.Testing;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Tests.Control;

public sealed class CallControlsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly SetTime _time = new();
    private string _data = TestFolder.Create("data");

    [Fact]
    public void State_OfACall_IsWhatWasAskedLastAlsoInTheNextProcess()
    {
        var controls = Open();
        Take(controls, "CA1", RecordingControls.Pause, Noon).ShouldBe(ControlNews.Current);
        Take(controls, "CA2", RecordingControls.Resume, Noon.AddSeconds(2)).ShouldBe(ControlNews.Current);
        Take(controls, "CA2", RecordingControls.Pause, Noon).ShouldBe(ControlNews.Outdated);
        Take(controls, "CA3", RecordingControls.Pause, Noon.AddSeconds(2)).ShouldBe(ControlNews.Current);
        Take(controls, "CA3", RecordingControls.Stop, Noon).ShouldBe(ControlNews.Current, "a stop is for good, whenever it comes");
        Take(controls, "CA3", RecordingControls.Resume, Noon.AddSeconds(4)).ShouldBe(ControlNews.Outdated);

        foreach (var known in (CallControls[])[controls, Open()])
        {
            known.Trouble.ShouldBeNull();
            known.StateOf(new CallKey(Providers.Twilio, "CA1")).ShouldBe(RecordingState.Paused);
            known.StateOf(new CallKey(Providers.Twilio, "CA2")).ShouldBe(RecordingState.Recorded);
            known.StateOf(new CallKey(Providers.Twilio, "CA3")).ShouldBe(RecordingState.Stopped);
            known.StateOf(new CallKey(Providers.Acs, "CA1")).ShouldBe(RecordingState.Recorded);
        }
    }

    [Fact]
    public void Calls_OfYesterday_AreForgotten()
    {
        var controls = Open();
        Take(controls, "CA1", RecordingControls.Pause, Noon);
        _time.Now += TimeSpan.FromHours(26);
        Take(controls, "CA2", RecordingControls.Pause, Noon);

        controls.StateOf(new CallKey(Providers.Twilio, "CA1")).ShouldBe(RecordingState.Recorded);
        Directory.GetFiles(Path.Combine(_data, "media-controls")).Length.ShouldBe(1);
    }

    [Fact]
    public void Requests_OfOneCall_AreKeptInBoundedNumber()
    {
        var controls = Open();
        for (var i = 0; i < 200; i++)
        {
            Take(controls, "CA1", i % 2 == 0 ? RecordingControls.Pause : RecordingControls.Resume, Noon.AddSeconds(i));
        }

        new FileInfo(Directory.GetFiles(Path.Combine(_data, "media-controls")).Single()).Length.ShouldBeLessThan(64 * 1024);
        Open().StateOf(new CallKey(Providers.Twilio, "CA1")).ShouldBe(RecordingState.Recorded);
    }

    [Fact]
    public void File_ThatIsDamaged_CostsNothingButItself()
    {
        Take(Open(), "CA1", RecordingControls.Pause, Noon);
        File.WriteAllText(Path.Combine(_data, "media-controls", "torn.json"), """{"provider":"twilio","call_id":"CA2","controls":[""");

        var next = Open();

        next.Trouble.ShouldNotBeNull();
        next.StateOf(new CallKey(Providers.Twilio, "CA1")).ShouldBe(RecordingState.Paused);
    }

    [Fact]
    public void Folder_ThatCannotBeUsed_CostsTheMemoryOfTheNextProcessAlone()
    {
        _data = Path.Combine(_data, "file");
        File.WriteAllText(_data, "");
        var controls = Open();
        controls.Trouble.ShouldNotBeNull();

        Should.Throw<IOException>(() => Take(controls, "CA1", RecordingControls.Pause, Noon));

        controls.StateOf(new CallKey(Providers.Twilio, "CA1")).ShouldBe(RecordingState.Paused);
    }

    private static ControlNews Take(CallControls controls, string callId, string action, DateTimeOffset requestedAt)
    {
        var request = new RecordingControlRequested
        {
            ControlId = Guid.CreateVersion7(),
            Provider = Providers.Twilio,
            CallId = callId,
            Action = action,
            RequestedAt = requestedAt,
        };
        var news = controls.Take(request);
        controls.Keep(request, answer: null);
        controls.Take(request).ShouldBe(ControlNews.Known);
        return news;
    }

    private CallControls Open() => new(Options.Create(new MediaOptions { DataDirectory = _data }), _time);

    private sealed class SetTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Noon;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
