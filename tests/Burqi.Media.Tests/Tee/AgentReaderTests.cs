using System.Text;
using Burqi.Media.Acs;
using Burqi.Media.Audio;
using Burqi.Media.Streams;
using Burqi.Media.Tee;
using Burqi.Media.Tests.Fixtures;
using Burqi.Media.Twilio;

namespace Burqi.Media.Tests.Tee;

public sealed class AgentReaderTests
{
    private const string StreamSid = "MZ00000000000000000000000000000001";

    [Theory]
    [InlineData("""{"event":"media","streamSid":"MZ00000000000000000000000000000001","media":{"payload":"AH8/"}}""")]
    [InlineData("""{"media":{"track":"x","payload":"AH8\/","more":{"a":[1]}},"event":"media"}""")]
    [InlineData("""{"streamSid":null,"event":"media","media":{"payload":"AH8/"},"extra":[{}]}""")]
    public void Twilio_Media_IsAudio(string message)
    {
        using var reader = new TwilioAgentReader(StreamSid);
        var read = reader.Read(Encoding.UTF8.GetBytes(message));

        read.Kind.ShouldBe(AgentMessageKind.Audio);
        var expected = new short[3];
        MuLaw.Decode([0x00, 0x7F, 0x3F], expected);
        read.Samples.ToArray().ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"event":"clear","streamSid":"MZ00000000000000000000000000000001"}""", "Clear")]
    [InlineData("""{"event":"clear"}""", "Clear")]
    [InlineData("""{"event":"clear","streamSid":"MZ00000000000000000000000000000002"}""", "Other")]
    [InlineData("""{"event":"media","media":{"payload":"no base64!"}}""", "Other")]
    [InlineData("""{"event":"media","media":{"payload":7}}""", "Other")]
    [InlineData("""{"event":"media","media":"AH8/"}""", "Other")]
    [InlineData("""{"event":"media"}""", "Other")]
    [InlineData("""{"event":"dtmf"}""", "Other")]
    [InlineData("""{"event":7}""", "Other")]
    [InlineData("""[{"event":"clear"}]""", "Other")]
    [InlineData("""{"event":"clear" """, "Other")]
    [InlineData("""{"event":"clear"} x""", "Other")]
    [InlineData("hello", "Other")]
    [InlineData("", "Other")]
    public void Twilio_EverythingElse_IsWhatItIs(string message, string kind)
    {
        using var reader = new TwilioAgentReader(StreamSid);

        reader.Read(Encoding.UTF8.GetBytes(message)).Kind.ToString().ShouldBe(kind);
    }

    [Theory]
    [InlineData("\"m1\"", "m1")]
    [InlineData("\"caf\\u00e9 \\/ 1\"", "café / 1")]
    [InlineData("\"café / 1\"", "café / 1")]
    [InlineData("\"\"", "")]
    public void Twilio_Mark_HasTheNameThatComesBack(string written, string name)
    {
        using var agent = new TwilioAgentReader(StreamSid);
        using var provider = new TwilioMediaReader();
        var sent = agent.Read(Encoding.UTF8.GetBytes($$$"""{"event":"mark","mark":{"x":1,"name":{{{written}}}}}"""));
        var back = provider.Read(Encoding.UTF8.GetBytes($$$"""{"event":"mark","sequenceNumber":"4","streamSid":"x","mark":{"name":{{{written}}}}}"""));

        sent.Kind.ShouldBe(AgentMessageKind.Mark);
        Encoding.UTF8.GetString(sent.Mark).ShouldBe(name);
        back.Kind.ShouldBe(MediaMessageKind.Mark);
        Encoding.UTF8.GetString(back.Mark).ShouldBe(name);
    }

    [Fact]
    public void Twilio_TextThatIsNotUtf8_IsPassedOver()
    {
        using var reader = new TwilioAgentReader(StreamSid);

        reader.Read([.. "{\"event\":\"mark\",\"mark\":{\"name\":\"\\u0061"u8, 0xFF, .. "\"}}"u8]).Kind.ShouldBe(AgentMessageKind.Other);
    }

    [Fact]
    public void Twilio_LongPieces_LeaveTheReaderAsItWas()
    {
        using var reader = new TwilioAgentReader(StreamSid);
        var message = Encoding.UTF8.GetBytes($$$"""{"event":"media","media":{"payload":"{{{Convert.ToBase64String(TestAudio.Noise(1, 60_000))}}}"}}""");
        var before = message.ToArray();

        reader.Read(message).Samples.Length.ShouldBe(480_000);
        message.ShouldBe(before);
        reader.Read("""{"event":"media","media":{"payload":"AH8/"}}"""u8).Samples.Length.ShouldBe(3);
    }

    [Theory]
    [InlineData("""{"kind":"AudioData","audioData":{"data":"AQACAA=="},"stopAudio":null}""")]
    [InlineData("""{"kind":"audioData","audioData":{"data":"AQACAA=="}}""")]
    [InlineData("""{"Kind":"AudioData","AudioData":{"Data":"AQACAA=="},"StopAudio":null}""")]
    [InlineData("""{"audioData":{"timestamp":null,"data":"AQACAA=="},"kind":"AUDIODATA"}""")]
    public void Acs_AudioInAnyCase_IsAudio(string message)
    {
        using var reader = new AcsAgentReader();
        var read = reader.Read(Encoding.UTF8.GetBytes(message));

        read.Kind.ShouldBe(AgentMessageKind.Audio);
        read.Samples.ToArray().ShouldBe(new short[] { 1, 2 });
    }

    [Theory]
    [InlineData("""{"kind":"StopAudio","audioData":null,"stopAudio":{}}""", "Clear")]
    [InlineData("""{"kind":"stopAudio","stopAudio":{}}""", "Clear")]
    [InlineData("""{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}""", "Clear")]
    [InlineData("""{"kind":"AudioData","audioData":null}""", "Other")]
    [InlineData("""{"kind":"AudioData","audioData":{"data":"?"}}""", "Other")]
    [InlineData("""{"kind":"MarkData"}""", "Other")]
    [InlineData("""{"kind":1}""", "Other")]
    [InlineData("{", "Other")]
    public void Acs_EverythingElse_IsWhatItIs(string message, string kind)
    {
        using var reader = new AcsAgentReader();

        reader.Read(Encoding.UTF8.GetBytes(message)).Kind.ToString().ShouldBe(kind);
    }
}
