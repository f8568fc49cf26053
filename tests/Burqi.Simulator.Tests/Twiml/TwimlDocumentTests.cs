using System.Text;
using Burqi.Simulator.Twiml;

namespace Burqi.Simulator.Tests.Twiml;

public sealed class TwimlDocumentTests
{
    public static TheoryData<string> Samples =>
        [.. Vectors.Read("twiml-samples").GetProperty("samples").EnumerateArray().Select(s => s.GetProperty("xml").GetString()!)];

    /// <summary>A document and a part of the one fault it has.</summary>
    public static TheoryData<string, string> Malformed => new()
    {
        { "", "is not XML" },
        { "<Response>", "is not XML" },
        { "<!DOCTYPE Response><Response/>", "is not XML" },
        { "<response/>", "the root is <response>" },
        { "<Response xmlns=\"urn:twiml\"/>", "without a namespace" },
        { "<Response version=\"2\"/>", "no attribute 'version'" },
        { "<Response>hello</Response>", "holds text" },
        { "<Response><say>hello</say></Response>", "takes no <say>" },
        { "<Response><Play>https://example.com/a.mp3</Play></Response>", "<Play> in <Response> is not simulated" },
        { "<Response><Say></Say></Response>", "<Say> is empty" },
        { "<Response><Pause length=\"one\"/></Response>", "length=\"one\" is not a number" },
        { "<Response><Hangup reason=\"busy\"/></Response>", "no attribute 'reason'" },
        { "<Response><Reject reason=\"later\"/></Response>", "is not one of rejected, busy" },
        { "<Response><Say>hello</Say><Reject/></Response>", "not the first verb" },
        { "<Response><Redirect></Redirect></Response>", "<Redirect> is empty" },
        { "<Response><Redirect>ftp://example.com/a</Redirect></Response>", "is not an absolute http" },
        { "<Response><Start/></Response>", "needs exactly one noun" },
        { "<Response><Start><Stream url=\"wss://a.example/s\"/><Recording/></Start></Response>", "needs exactly one noun" },
        { "<Response><Start><Stream/></Start></Response>", "<Start/Stream> needs 'url'" },
        { "<Response><Start><Stream url=\"/media\"/></Start></Response>", "is not an absolute URL" },
        { "<Response><Start><Stream url=\"https://a.example/s\"/></Start></Response>", "is not wss://" },
        { "<Response><Start><Stream url=\"ws://a.example/s\"/></Start></Response>", "is not wss://" },
        { "<Response><Start><Stream url=\"wss://127.0.0.1/s\"/></Start></Response>", "which Twilio cannot reach" },
        { "<Response><Start><Stream url=\"wss://a.example:8443/s\"/></Start></Response>", "names a port" },
        { "<Response><Start><Stream url=\"wss://a.example/s?token=1\"/></Start></Response>", "has a query string" },
        { "<Response><Start><Stream url=\"wss://a.example/s#x\"/></Start></Response>", "has a fragment" },
        { "<Response><Start><Stream url=\"wss://u:p@a.example/s\"/></Start></Response>", "holds credentials" },
        { "<Response><Start><Stream url=\"wss://a.example/s\" track=\"both\"/></Start></Response>", "track=\"both\" is not one of" },
        { "<Response><Start><Stream url=\"wss://a.example/s\" audioFormat=\"pcm\"/></Start></Response>", "no attribute 'audioFormat'" },
        { "<Response><Start><Stream url=\"wss://a.example/s\" statusCallback=\"/stream\"/></Start></Response>", "is not an absolute http" },
        { "<Response><Start><Stream url=\"wss://a.example/s\" statusCallback=\"https://a.example/c#rc=9\"/></Start></Response>", "faulty fragment" },
        { "<Response><Start><Stream url=\"wss://a.example/s\" statusCallbackMethod=\"POST\"/></Start></Response>", "without statusCallback" },
        { "<Response><Start><Stream url=\"wss://a.example/s\" statusCallback=\"https://a.example/c\" statusCallbackMethod=\"post\"/></Start></Response>", "is not one of GET, POST" },
        { "<Response><Start><Stream url=\"wss://a.example/s\"><Parameter name=\"a\"/></Stream></Start></Response>", "needs 'value'" },
        { "<Response><Start><Stream url=\"wss://a.example/s\"><Parameter name=\"a\" value=\"1\"/><Parameter name=\"a\" value=\"2\"/></Stream></Start></Response>", "two parameters 'a'" },
        { "<Response><Connect><Stream url=\"wss://a.example/s\" track=\"both_tracks\"/></Connect></Response>", "is not one of inbound_track" },
        { "<Response><Stop><Stream/></Stop></Response>", "needs 'name'" },
        { "<Response><Stop><Recording/></Stop></Response>", "takes no <Recording>" },
        { "<Response><Start><Recording recordingTrack=\"both\"/></Start></Response>", "no attribute 'recordingTrack'" },
        { "<Response><Start><Recording channels=\"2\"/></Start></Response>", "is not one of mono, dual" },
        { "<Response><Start><Recording recordingStatusCallback=\"recording\"/></Start></Response>", "is not an absolute http" },
        { "<Response><Start><Recording recordingStatusCallback=\"https://a.example/r\" recordingStatusCallbackEvent=\"completed,absent\"/></Start></Response>", "separated by single spaces" },
        { "<Response><Start><Recording recordingStatusCallback=\"https://a.example/r\" recordingStatusCallbackEvent=\"completed  absent\"/></Start></Response>", "separated by single spaces" },
        { "<Response><Start><Recording recordingStatusCallback=\"https://a.example/r\" recordingStatusCallbackEvent=\"completed failed\"/></Start></Response>", "'failed'" },
        { "<Response><Start><Recording recordingStatusCallback=\"https://a.example/r\" recordingStatusCallbackEvent=\"completed completed\"/></Start></Response>", "twice" },
        { "<Response><Start><Recording recordingStatusCallbackEvent=\"completed\"/></Start></Response>", "without recordingStatusCallback" },
        { "<Response><Record recordingChannels=\"dual\"/></Response>", "no attribute 'recordingChannels'" },
        { "<Response><Dial/></Response>", "dials nobody" },
        { "<Response><Dial>call me</Dial></Response>", "is not an E.164 number" },
        { "<Response><Dial callerId=\"anonymous\">+14255550123</Dial></Response>", "callerId=\"anonymous\" is not" },
        { "<Response><Dial>+14255550123<Number>+14255550124</Number></Dial></Response>", "both as text and as a noun" },
        { "<Response><Dial><Number>+14255550123</Number><Number>+14255550124</Number></Dial></Response>", "is not simulated" },
        { "<Response><Dial record=\"true\">+14255550123</Dial></Response>", "record=\"true\" is not one of" },
        { "<Response><Dial recordingTrack=\"both\">+14255550123</Dial></Response>", "nothing is recorded" },
        { "<Response><Dial><Number statusCallback=\"https://a.example/n\" statusCallbackEvent=\"initiated,ringing\">+14255550123</Number></Dial></Response>", "separated by single spaces" },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void Parse_WhatTheOfficialBuilderWrites_IsAccepted(string xml)
    {
        var verbs = Parse(xml).Verbs;

        verbs.Count.ShouldBe(System.Xml.Linq.XDocument.Parse(xml).Root!.Elements().Count());
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Parse_Malformed_IsRefusedForThatReasonAlone(string xml, string fault) =>
        Should.Throw<TwimlException>(() => Parse(xml)).Faults.ShouldHaveSingleItem().ShouldContain(fault);

    [Fact]
    public void Parse_SeveralFaults_ListsThemAll()
    {
        var refused = Should.Throw<TwimlException>(() => Parse(
            "<Response><Sey/><Start><Stream url=\"ws://a.example/s?x\" track=\"all\"/></Start><Dial/></Response>", "text/html"));

        refused.Faults.Count.ShouldBe(5);
        refused.Faults.ShouldAllBe(f => refused.Message.Contains(f));
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/json")]
    [InlineData("")]
    public void Parse_AnotherContentType_IsRefused(string contentType) =>
        Should.Throw<TwimlException>(() => Parse("<Response/>", contentType)).Faults.ShouldHaveSingleItem().ShouldContain("12300");

    [Theory]
    [InlineData("text/xml")]
    [InlineData("application/xml; charset=utf-8")]
    [InlineData("Application/XML")]
    public void Parse_XmlContentType_IsAccepted(string contentType) => Parse("<Response/>", contentType).Verbs.ShouldBeEmpty();

    [Fact]
    public void Parse_Over64Kilobytes_IsRefused()
    {
        const string frame = "<Response><Say></Say></Response>";
        string Document(int size) => frame.Replace("</Say>", new string('a', size - frame.Length) + "</Say>", StringComparison.Ordinal);

        Parse(Document(64 * 1024)).Verbs.Count.ShouldBe(1);
        Should.Throw<TwimlException>(() => Parse(Document((64 * 1024) + 1))).Faults.ShouldHaveSingleItem().ShouldContain("11750");
    }

    [Fact]
    public void Parse_ParameterOf500Characters_IsRefused()
    {
        string Document(int length) =>
            $"<Response><Connect><Stream url=\"wss://a.example/s\"><Parameter name=\"p\" value=\"{new string('v', length - 1)}\"/></Stream></Connect></Response>";

        Parse(Document(499)).Verbs.Count.ShouldBe(1);
        Should.Throw<TwimlException>(() => Parse(Document(500))).Faults.ShouldHaveSingleItem().ShouldContain("500 characters");
    }

    [Theory]
    [InlineData("ws://127.0.0.1:5001/s")]
    [InlineData("ws://localhost/s")]
    [InlineData("wss://[::1]:5001/s")]
    public void Parse_SocketOnThisMachine_IsAcceptedWhereAllowed(string url)
    {
        var xml = $"<Response><Connect><Stream url=\"{url}\"/></Connect></Response>";

        TwimlDocument.Parse("text/xml", Encoding.UTF8.GetBytes(xml), allowLoopback: true).Verbs.ShouldHaveSingleItem().ShouldBeOfType<ConnectStreamVerb>().Stream.Url.ShouldBe(url);
        Should.Throw<TwimlException>(() => Parse(xml)).Faults.Count.ShouldBe(1);
    }

    [Fact]
    public void Parse_Attributes_AreReadWithTwiliosDefaults()
    {
        var verbs = Parse("""
            <Response><Start><Stream url="wss://a.example/s"/></Start><Start><Recording recordingStatusCallback="https://a.example/r"/></Start>
            <Record/><Dial>+14255550123</Dial></Response>
            """).Verbs;

        verbs[0].ShouldBeOfType<StartStreamVerb>().Stream.Tracks.ShouldBe(["inbound"]);
        var recording = verbs[1].ShouldBeOfType<StartRecordingVerb>().Recording;
        recording.Channels.ShouldBe(2);
        recording.Track.ShouldBe("both");
        recording.Trim.ShouldBeTrue();
        recording.Callback.Callback!.Events.ShouldBe(["completed"]);
        recording.Callback.Callback!.Method.ShouldBe("POST");
        verbs[2].ShouldBeOfType<RecordVerb>().Timeout.ShouldBe(TimeSpan.FromSeconds(5));
        verbs[3].ShouldBeOfType<DialVerb>().Timeout.ShouldBe(TimeSpan.FromSeconds(30));
    }

    private static TwimlDocument Parse(string xml, string contentType = "application/xml") =>
        TwimlDocument.Parse(contentType, Encoding.UTF8.GetBytes(xml), allowLoopback: false);
}
