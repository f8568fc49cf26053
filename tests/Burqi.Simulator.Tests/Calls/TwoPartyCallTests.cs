using System.Net.Http.Headers;
using System.Text;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Simulator.Media;

namespace Burqi.Simulator.Tests.Calls;

public sealed class TwoPartyCallTests : SimulatorTest
{
    private const string RecordedCall = """
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
          <Start><Stream name="s1" url="{stream}" track="both_tracks" statusCallback="{base}/stream-status#rc=2&amp;rp=all"><Parameter name="tenant" value="a&lt;b"/></Stream></Start>
          <Start><Recording channels="dual" track="both" trim="do-not-trim" recordingStatusCallback="{base}/recording-status#rc=5&amp;rp=all" recordingStatusCallbackEvent="in-progress completed absent"/></Start>
          <Dial callerId="+18005551212"><Number statusCallback="{base}/number-status" statusCallbackEvent="initiated ringing answered completed">+14255550123</Number></Dial>
        </Response>
        """;

    private static readonly TimeSpan TalkTime = TimeSpan.FromSeconds(2);

    private static readonly CallScript Script = new()
    {
        Caller = AudioSource.Pattern(1, TalkTime),
        Callee = AudioSource.Pattern(2, TalkTime),
        RingFor = TimeSpan.FromMilliseconds(100),
    };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Customer.Twiml = RecordedCall;
    }

    [Fact]
    public async Task PlaceCall_StreamRecordingAndDial_EndsWellWithEverythingToldAndNothingComplainedOf()
    {
        var call = await Twilio.PlaceCallAsync(Script with { StatusCallback = Customer.BaseUrl + "/call-status" });

        call.Status.ShouldBe("completed");
        call.Errors.ShouldBeEmpty();
        call.Duration.ShouldBe(TalkTime + Script.RingFor);
        call.Exchanges.ShouldAllBe(e => e.Attempts.Count == 1 && e.Signature.Length == 28);
        call.Streams.ShouldHaveSingleItem().Ending.ShouldBe(StreamEnding.Stopped);
        call.Recordings.ShouldHaveSingleItem().Status.ShouldBe("completed");
        Customer.RequestsTo("/number-status").Select(r => r["CallStatus"]).ShouldBe(["initiated", "ringing", "in-progress", "completed"]);
        Customer.RequestsTo("/number-status").ShouldAllBe(r => r["ParentCallSid"] == call.CallSid && r["Direction"] == "outbound-dial");
        Customer.RequestsTo("/stream-status").Select(r => r["StreamEvent"]).ShouldBe(["stream-started", "stream-stopped"]);
        Customer.RequestsTo("/recording-status").Select(r => r["RecordingStatus"]).ShouldBe(["in-progress", "completed"]);
        var completed = Customer.RequestsTo("/call-status").ShouldHaveSingleItem();
        completed["CallStatus"].ShouldBe("completed");
        completed["CallDuration"].ShouldBe("2");
        completed["ParentCallSid"].ShouldBeNull();
    }

    [Fact]
    public async Task PlaceCall_EveryRequest_IsSignedAndCarriesTwiliosHeaders()
    {
        await Twilio.PlaceCallAsync(Script with { StatusCallback = Customer.BaseUrl + "/call-status" });

        Customer.Requests.Count.ShouldBe(10);
        Customer.Requests.ShouldAllBe(r => r.Signature == r.ExpectedSignature(Twilio.Options.AuthToken, Customer.BaseUrl));
        Customer.Requests.ShouldAllBe(r => r.Headers["User-Agent"] == "TwilioProxy/1.1" && r.Headers["Accept"] == "*/*");
        Customer.Requests.ShouldAllBe(r => r.Headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8");
        Customer.Requests.Select(r => r.Token).Distinct().Count().ShouldBe(10);
        Customer.Requests.Select(r => Guid.Parse(r.Token)).ShouldNotContain(Guid.Empty);
        Customer.Requests.ShouldAllBe(r => r["AccountSid"] == Twilio.Options.AccountSid);
    }

    [Fact]
    public async Task PlaceCall_VoiceRequest_HasEveryDocumentedField()
    {
        var call = await Twilio.PlaceCallAsync(Script with { ExtraParameters = [new("CallerName", " Zoë ")] });

        var voice = Customer.RequestsTo("/voice").ShouldHaveSingleItem();
        voice["CallSid"].ShouldBe(call.CallSid);
        voice["CallStatus"].ShouldBe("ringing");
        voice["Direction"].ShouldBe("inbound");
        voice["From"].ShouldBe(Script.From);
        voice["Caller"].ShouldBe(Script.From);
        voice["To"].ShouldBe(Script.To);
        voice["Called"].ShouldBe(Script.To);
        voice["ApiVersion"].ShouldBe("2010-04-01");
        voice["StirVerstat"].ShouldNotBeNull();
        voice["CallerName"].ShouldBe(" Zoë ");
        foreach (var side in new[] { "From", "To", "Caller", "Called" })
        {
            voice[side + "City"].ShouldBe("");
            voice[side + "State"].ShouldBe("");
            voice[side + "Zip"].ShouldBe("");
            voice[side + "Country"].ShouldBe("US");
        }
    }

    [Fact]
    public async Task PlaceCall_MediaSocket_GetsBothTracksOnTheCallsTimeline()
    {
        var call = await Twilio.PlaceCallAsync(Script);

        var received = Customer.Streams.ShouldHaveSingleItem();
        (await received.Ended).ShouldBe("close");
        var stream = call.Streams[0];
        var ring = new byte[AudioFrame.CountIn(Script.RingFor) * AudioFrame.Samples];
        Array.Fill(ring, MuLaw.Silence);
        foreach (var (track, source) in new[] { ("inbound", Script.Caller), ("outbound", Script.Callee) })
        {
            byte[] expected = [.. ring, .. source.Samples.Span];
            stream.Timeline(track).ShouldBe(expected);
            var media = received.Media(track);
            media.SelectMany(m => m.GetProperty("payload").GetBytesFromBase64()).ToArray().ShouldBe(expected);
            media.Select(m => m.GetProperty("timestamp").GetString()).ShouldBe(Enumerable.Range(0, media.Count).Select(i => $"{i * 20}"));
        }
    }

    [Fact]
    public async Task PlaceCall_Recording_HoldsOnePartyAChannel()
    {
        var call = await Twilio.PlaceCallAsync(Script);

        var recording = call.Recordings[0];
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Twilio.Options.AccountSid}:{Twilio.Options.AuthToken}")));
        var url = Customer.RequestsTo("/recording-status")[^1]["RecordingUrl"];
        var wav = await http.GetByteArrayAsync(url + ".wav?RequestedChannels=2", Cancellation);

        wav.ShouldBe(recording.ToWav(2));
        var samples = Enumerable.Range(0, (wav.Length - 44) / 2).Select(i => BitConverter.ToInt16(wav, 44 + (i * 2))).ToArray();
        samples.Where((_, i) => i % 2 == 0).ShouldBe(MuLaw.Decode(call.Streams[0].Timeline("inbound")));
        samples.Where((_, i) => i % 2 == 1).ShouldBe(MuLaw.Decode(call.Streams[0].Timeline("outbound")));
        recording.WholeDownloads.ShouldBe(1);
    }
}
