using System.Diagnostics.Metrics;
using System.Runtime.Versioning;
using System.Text;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;
using Burqi.Ingress.Spool;
using Burqi.Ingress.Tests.Support;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Tests.Spool;

public sealed class EventSpoolTests
{
    private readonly string _data = TestFolder.Create("spool");
    private readonly ManualTime _time = new();

    public static TheoryData<int> CutOffs => [0, 1, 40, 200, -1];

    [Fact]
    public void Append_OpenedAgain_KeepsTheOrder()
    {
        using (var spool = Open())
        {
            foreach (var number in Enumerable.Range(0, 12))
            {
                spool.Append(Event(number));
            }
        }

        // Earlier than what is there: order is by sequence, not by clock.
        _time.Now -= TimeSpan.FromDays(1);
        using var again = Open();
        again.Append(Event(12));

        Drain(again).ShouldBe(Enumerable.Range(0, 13).Select(CallId));
        again.PendingCount.ShouldBe(0);
        again.Bytes.ShouldBe(0);
        Files(again.Directory).ShouldBeEmpty();
    }

    [Fact]
    public void Append_ManyAtOnce_LosesNone()
    {
        using var spool = Open();

        Parallel.For(0, 200, number => spool.Append(Event(number)));

        Drain(spool).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, 200).Select(CallId));
    }

    [Fact]
    public void Append_AnyEvent_ComesBackAsItWas()
    {
        object[] events =
        [
            new CallStarted { Provider = "twilio", CallId = "CA1", From = "+49", To = "client:ü😀\"", StartedAt = _time.Now.AddTicks(1234567) },
            new CallEnded { Provider = "twilio", CallId = "CA1", Status = "completed", DurationMs = 42_000, EndedAt = _time.Now },
            new RecordingStarted { RecordingId = Guid.CreateVersion7(), Provider = "twilio", CallId = "CA1", RecordingType = "provider", RecordingSource = "twilio", StartedAt = _time.Now },
            new ProviderRecordingReady { RecordingId = Guid.CreateVersion7(), Provider = "twilio", CallId = "CA1", RecordingType = "provider", RecordingSource = "twilio", AccountId = "AC1", Channels = 2, ReadyAt = _time.Now },
            new RecordingFailed { RecordingId = Guid.CreateVersion7(), Provider = "twilio", CallId = "CA1", RecordingType = "provider", RecordingSource = "twilio", Status = "absent", Reason = "none", FailedAt = _time.Now },
        ];
        using var spool = Open();

        foreach (var message in events)
        {
            spool.Append(SpooledEvent.From(message, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        }

        foreach (var expected in events)
        {
            var (message, type, traceParent) = spool.ReadOrSetAside(spool.Oldest()!)!.Value;
            message.ShouldBe(expected);
            type.ShouldBe(expected.GetType());
            traceParent.ShouldBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            spool.Confirmed(spool.Oldest()!, keepInJournal: false);
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Append_File_IsItsOwnersAlone()
    {
        using var spool = Open();

        spool.Append(Event(0));

        File.GetUnixFileMode(Files(spool.Directory).Single()).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(spool.Directory).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void Open_TemporaryLeftByACrash_IsRemoved()
    {
        string leftover;
        using (var spool = Open())
        {
            spool.Append(Event(0));
            leftover = Path.Combine(spool.JournalDirectory, "0000000000000002-1774375200000.json.tmp");
            File.WriteAllText(leftover, "{\"Type\":\"CallSta");
            File.WriteAllText(Path.Combine(spool.Directory, "0000000000000003-1774375200000.json.tmp"), "");
        }

        using var again = Open();

        File.Exists(leftover).ShouldBeFalse();
        Directory.GetFiles(again.Directory, "*.tmp", SearchOption.AllDirectories).ShouldBeEmpty();
        Drain(again).ShouldBe([CallId(0)]);
    }

    [Theory]
    [MemberData(nameof(CutOffs))]
    public void ReadOrSetAside_TornFile_IsSetAsideAndTheRestGoesOn(int length)
    {
        using (var spool = Open())
        {
            spool.Append(Event(0));
            spool.Append(Event(1));
            spool.Append(Event(2));
            var torn = Files(spool.Directory)[1];
            using var file = File.OpenWrite(torn);
            file.SetLength(length < 0 ? file.Length + length : length);
        }

        using var again = Open();

        Drain(again).ShouldBe([CallId(0), CallId(2)]);
        Directory.GetFiles(again.SetAsideDirectory).Length.ShouldBe(1);
        again.Bytes.ShouldBe(0);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"Type":"CallStarted"}""")]
    [InlineData("""{"Type":"CallStarted","Message":null}""")]
    [InlineData("""{"Type":"CallStarted","Message":{}}""")]
    [InlineData("""{"Type":"CallStarted","Message":{"Provider":7}}""")]
    [InlineData("""{"Type":"EventOfTomorrow","Message":{}}""")]
    [InlineData("""{"Message":{}}""")]
    public void ReadOrSetAside_FileThatIsNoEvent_IsSetAside(string content)
    {
        using var spool = Open();
        spool.Append(Event(0));
        File.WriteAllText(Files(spool.Directory).Single(), content, Encoding.UTF8);

        spool.ReadOrSetAside(spool.Oldest()!).ShouldBeNull();

        spool.PendingCount.ShouldBe(0);
        Directory.GetFiles(spool.SetAsideDirectory).Length.ShouldBe(1);
    }

    [Fact]
    public void ReadOrSetAside_FileThatIsGone_IsForgotten()
    {
        using var spool = Open();
        spool.Append(Event(0));
        File.Delete(Files(spool.Directory).Single());

        spool.ReadOrSetAside(spool.Oldest()!).ShouldBeNull();

        spool.PendingCount.ShouldBe(0);
    }

    [Fact]
    public void Open_FileOfAnotherName_IsSetAside()
    {
        using (var spool = Open())
        {
            File.WriteAllText(Path.Combine(spool.Directory, "notes.json"), "{}");
        }

        using var again = Open();

        again.PendingCount.ShouldBe(0);
        File.Exists(Path.Combine(again.SetAsideDirectory, "notes.json")).ShouldBeTrue();
    }

    [Fact]
    public void Open_FolderOfAnotherIngress_IsRefusedInOneSentence()
    {
        using var first = Open();

        var refusal = Should.Throw<OptionsValidationException>(Open);

        refusal.Failures.ShouldHaveSingleItem().ShouldStartWith("BURQI_DATA_DIR is in use: ");
    }

    [Fact]
    public void Open_FolderThatCannotBeMade_IsRefusedInOneSentence()
    {
        File.WriteAllText(Path.Combine(_data, "ingress"), "a file where the folder should be");

        Should.Throw<OptionsValidationException>(Open).Failures.ShouldHaveSingleItem().ShouldStartWith("BURQI_DATA_DIR cannot be used: ");
    }

    [Fact]
    public void Append_SpoolFull_IsRefusedAndLeavesNothing()
    {
        var size = Event(0).ToBytes().Length;
        using var spool = Open(limit: size * 2);
        spool.Append(Event(0));
        spool.Append(Event(1));

        Should.Throw<IOException>(() => spool.Append(Event(2)));

        Drain(spool).ShouldBe([CallId(0), CallId(1)]);
        spool.Append(Event(3));
        spool.PendingCount.ShouldBe(1);
    }

    [Fact]
    public void Append_SpoolFullOfJournal_ForgetsItsOldest()
    {
        var size = Event(0).ToBytes().Length;
        using var spool = Open(limit: size * 2);
        spool.Journal(Event(0));
        spool.Journal(Event(1));

        spool.Append(Event(2));

        Files(spool.JournalDirectory).ShouldHaveSingleItem();
        spool.Bytes.ShouldBe(size * 2);
    }

    [Fact]
    public void Append_DiskGone_ThrowsAndCountsNothing()
    {
        using var spool = Open();
        Directory.Delete(spool.Directory, recursive: true);

        Should.Throw<IOException>(() => spool.Append(Event(0)));

        spool.PendingCount.ShouldBe(0);
        spool.Bytes.ShouldBe(0);
    }

    [Fact]
    public void Open_Journal_WaitsToBePublishedAgainWithTheRest()
    {
        using (var spool = Open())
        {
            spool.Journal(Event(0));
            spool.Append(Event(1));
            spool.Journal(Event(2));
        }

        using var again = Open();

        Drain(again, keepInJournal: true).ShouldBe([CallId(0), CallId(1), CallId(2)]);
        Files(again.JournalDirectory).Length.ShouldBe(3);
    }

    [Fact]
    public void Return_JournalledEvent_Waits()
    {
        using var spool = Open();

        spool.Return(spool.Journal(Event(0)), nameof(CallStarted));

        Files(spool.JournalDirectory).ShouldBeEmpty();
        Drain(spool).ShouldBe([CallId(0)]);
    }

    [Fact]
    public void PruneJournal_OlderThanTheAge_IsForgotten()
    {
        using var spool = Open();
        spool.Journal(Event(0));
        _time.Now += TimeSpan.FromMinutes(59);
        spool.Journal(Event(1));
        spool.PruneJournal(TimeSpan.FromHours(1));
        Files(spool.JournalDirectory).Length.ShouldBe(2);

        _time.Now += TimeSpan.FromMinutes(2);
        spool.PruneJournal(TimeSpan.FromHours(1));

        Files(spool.JournalDirectory).ShouldHaveSingleItem();
    }

    [Fact]
    public void PruneJournal_SoonAfterALongStop_KeepsWhatTheEarlierLifeWrote()
    {
        using (var spool = Open())
        {
            spool.Journal(Event(0));
        }

        _time.Now += TimeSpan.FromHours(9);
        using var again = Open();
        Drain(again, keepInJournal: true);
        _time.Now += TimeSpan.FromMinutes(59);
        again.PruneJournal(TimeSpan.FromHours(1));
        Files(again.JournalDirectory).ShouldHaveSingleItem();

        _time.Now += TimeSpan.FromMinutes(2);
        again.PruneJournal(TimeSpan.FromHours(1));

        Files(again.JournalDirectory).ShouldBeEmpty();
    }

    [Fact]
    public void From_MessageThatIsNoEventOfIngress_IsRefused() => Should.Throw<ArgumentException>(() => SpooledEvent.From("text", null));

    private EventSpool Open() => Open(limit: 1024 * 1024);

    private EventSpool Open(long limit)
    {
        var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var spool = new EventSpool(
            Options.Create(new IngressOptions { DataDirectory = _data, SpoolLimitBytes = limit }),
            _time,
            new IngressTelemetry(services.GetRequiredService<IMeterFactory>()),
            NullLogger<EventSpool>.Instance);
        spool.Open();
        return spool;
    }

    private static List<string> Drain(EventSpool spool, bool keepInJournal = false)
    {
        var drained = new List<string>();
        while (spool.Oldest() is { } file)
        {
            if (spool.ReadOrSetAside(file) is { } read)
            {
                drained.Add(((CallStarted)read.Message).CallId);
                spool.Confirmed(file, keepInJournal);
            }
        }

        return drained;
    }

    private SpooledEvent Event(int number) =>
        SpooledEvent.From(new CallStarted { Provider = "twilio", CallId = CallId(number), StartedAt = _time.Now }, traceParent: null);

    private static string CallId(int number) => $"CA{number:D32}";

    private static string[] Files(string folder) => [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)];
}
