using System.Runtime.InteropServices;
using System.Text;
using Burqi.Media.Acs;
using Burqi.Media.Streams;
using Burqi.Media.Tests.Fixtures;

namespace Burqi.Media.Tests.Acs;

public sealed class AcsMediaReaderTests
{
    private const string Metadata =
        """{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"89e8cb59-b991-48b0-b154-1db84f16a077","encoding":"PCM","sampleRate":16000,"channels":1,"length":640}}""";

    [Theory]
    [InlineData(Metadata)]
    [InlineData("""{"Kind":"AudioMetadata","AudioMetadata":{"SubscriptionId":"89e8cb59-b991-48b0-b154-1db84f16a077","Encoding":"pcm","SampleRate":16000,"Channels":1,"Length":640},"AudioData":null}""")]
    [InlineData("""{"audioMetadata":{"length":640,"channels":1,"sampleRate":16000,"encoding":"PCM","subscriptionId":"89e8cb59-b991-48b0-b154-1db84f16a077"},"kind":"audioMetadata"}""")]
    public void Metadata_InAnyCaseAndOrder_Starts(string text)
    {
        using var reader = new AcsMediaReader("call");

        var message = reader.Read(Encoding.UTF8.GetBytes(text));

        message.Kind.ShouldBe(MediaMessageKind.Start);
        message.Start!.Provider.ShouldBe("acs");
        message.Start.CallId.ShouldBe("call");
        message.Start.StreamId.ShouldBe("89e8cb59-b991-48b0-b154-1db84f16a077");
        message.Start.SampleRate.ShouldBe(16_000);
        message.Start.IsWallClock.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"kind":"AudioMetadata","audioMetadata":{"encoding":"PCM","sampleRate":16000,"channels":1}}""")]
    [InlineData("""{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"../../x","encoding":"PCM","sampleRate":16000,"channels":1}}""")]
    public void Metadata_WithoutAnIdThatIsSafe_GetsOne(string text)
    {
        using var reader = new AcsMediaReader("call");

        AcsId.IsValid(reader.Read(Encoding.UTF8.GetBytes(text)).Start!.StreamId).ShouldBeTrue();
    }

    [Fact]
    public void Metadata_SaidAgain_IsNothingNew()
    {
        using var reader = new AcsMediaReader("call");
        reader.Read(Encoding.UTF8.GetBytes(Metadata));

        reader.Read(Encoding.UTF8.GetBytes(Metadata)).Kind.ShouldBe(MediaMessageKind.Other);
        reader.Read(Encoding.UTF8.GetBytes(Metadata.Replace("16000", "24000", StringComparison.Ordinal))).Kind.ShouldBe(MediaMessageKind.Malformed);
    }

    [Theory]
    [InlineData("AudioData", "audioData", "timestamp", "data", "participantRawID")]
    [InlineData("audioData", "audioData", "timestamp", "data", "participantRawId")]
    [InlineData("AudioData", "AudioData", "Timestamp", "Data", "ParticipantRawID")]
    public void Audio_InAnyCase_IsRead(string kind, string body, string time, string data, string participant)
    {
        var samples = TestAudio.Pcm(1, 20);
        var text = $$"""{"{{body}}":{"{{participant}}":"4:\u002B14255550123","{{time}}":"2026-01-15T10:20:30.123Z","{{data}}":"{{Base64(samples).Replace("/", "\\/", StringComparison.Ordinal)}}","silent":false},"kind":"{{kind}}"}""";
        using var reader = new AcsMediaReader("call");
        var bytes = Encoding.UTF8.GetBytes(text);
        var before = bytes.ToArray();

        var message = reader.Read(bytes);

        message.Kind.ShouldBe(MediaMessageKind.Frame);
        message.Track.ShouldBe(MediaTrack.Participant);
        Encoding.UTF8.GetString(message.Participant).ShouldBe("4:+14255550123");
        message.TimestampMs.ShouldBe(DateTimeOffset.Parse("2026-01-15T10:20:30.123Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
        message.Samples.ToArray().ShouldBe(samples);
        message.WholeSecond.ShouldBeFalse();
        bytes.ShouldBe(before);
    }

    [Theory]
    [InlineData("2026-01-15T10:20:30Z", 0, true)]
    [InlineData("2026-01-15T10:20:30.1Z", 100, false)]
    [InlineData("2026-01-15T10:20:30.1239999Z", 123, false)]
    [InlineData("2026-01-15T12:20:30.120+02:00", 120, false)]
    public void Timestamp_InItsForms_IsRead(string time, int milliseconds, bool wholeSecond)
    {
        using var reader = new AcsMediaReader("call");

        var message = reader.Read(Encoding.UTF8.GetBytes(AcsDriver.Frame(0, TestAudio.Pcm(1, 20), time: time)));

        message.TimestampMs.ShouldBe(new DateTimeOffset(2026, 1, 15, 10, 20, 30, milliseconds, TimeSpan.Zero).ToUnixTimeMilliseconds());
        message.WholeSecond.ShouldBe(wholeSecond);
        message.Track.ShouldBe(MediaTrack.Mixed);
    }

    [Theory]
    [InlineData("""{"kind":"DtmfData","dtmfData":{"data":"5"}}""")]
    [InlineData("""{"kind":"TranscriptionData","transcriptionData":{"text":"x"}}""")]
    [InlineData("""{"kind":"Mark","x":[{}]}""")]
    public void Message_OfAnotherKind_IsNoMatter(string text)
    {
        using var reader = new AcsMediaReader("call");

        reader.Read(Encoding.UTF8.GetBytes(text)).Kind.ShouldBe(MediaMessageKind.Other);
    }

    public static TheoryData<string> Unreadable =>
    [
        "",
        "{",
        "null",
        "{}",
        "{}{}",
        """{"kind":7}""",
        """{"kind":"AudioData"}""",
        """{"kind":"AudioData","audioData":null}""",
        """{"kind":"AudioData","audioData":[]}""",
        """{"kind":"AudioData","audioData":{"timestamp":"2026-01-15T10:20:30.000Z"}}""",
        """{"kind":"AudioData","audioData":{"data":"AAAA"}}""",
        """{"kind":"AudioData","audioData":{"timestamp":"2026-01-15T10:20:30.000Z","data":"AAAA"}}""",
        """{"kind":"AudioData","audioData":{"timestamp":"2026-01-15T10:20:30.000Z","data":"####"}}""",
        """{"kind":"AudioData","audioData":{"timestamp":"2026-01-15T10:20:30.000Z","data":7}}""",
        """{"kind":"AudioData","audioData":{"timestamp":"yesterday","data":"AAA="}}""",
        """{"kind":"AudioData","audioData":{"timestamp":1768472430000,"data":"AAA="}}""",
        """{"kind":"AudioData","audioData":{"timestamp":"2026-01-15T10:20:30.000Z","data":"AAA=","participantRawID":{}}}""",
        """{"kind":"AudioData","audioData":{"timestamp":"2026-01-15T10:20:30.000Z","data":"AAA=","participantRawID":"\ud800"}}""",
        """{"kind":"AudioMetadata"}""",
        """{"kind":"AudioMetadata","audioMetadata":{"encoding":"PCM","sampleRate":8000,"channels":1}}""",
        """{"kind":"AudioMetadata","audioMetadata":{"encoding":"PCM","sampleRate":16000,"channels":2}}""",
        """{"kind":"AudioMetadata","audioMetadata":{"encoding":"OPUS","sampleRate":16000,"channels":1}}""",
    ];

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void Message_ThatCannotBeRead_IsMalformed(string text)
    {
        using var reader = new AcsMediaReader("call");

        reader.Read(Encoding.UTF8.GetBytes(text)).Kind.ShouldBe(MediaMessageKind.Malformed);
    }

    [Fact]
    public void Participant_BeyondEveryId_IsMalformed()
    {
        using var reader = new AcsMediaReader("call");

        reader.Read(Encoding.UTF8.GetBytes(AcsDriver.Frame(0, TestAudio.Pcm(1, 20), participant: new string('x', 300)))).Kind.ShouldBe(MediaMessageKind.Malformed);
    }

    private static string Base64(short[] samples) => Convert.ToBase64String(MemoryMarshal.AsBytes(samples.AsSpan()));
}
