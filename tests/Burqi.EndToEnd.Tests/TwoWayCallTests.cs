using System.Globalization;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Burqi.EndToEnd.Tests.Stack;
using Burqi.Hosting.Processes;
using Burqi.Simulator;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Testing;

namespace Burqi.EndToEnd.Tests;

/// <summary>
/// A voice agent's call: the assistant is told to the catalog, Twilio asks <c>/twiml</c>, media stands between Twilio and the agent, and what
/// was recorded is what the caller heard. In real time, since the provider's playback queue is modelled in it.
/// </summary>
public sealed class TwoWayCallTests : IAsyncLifetime
{
    private const string ApiKey = "two-way-tests-0123456789abcdef";
    private const string Assistant = "receptionist";
    private const int Rate = AudioFrame.SampleRate;

    /// <summary>
    /// How far what was recorded may lie from what was heard. Processes that wait for each other on a busy machine are late by more than the
    /// model is: its own 20 ms are tested in a time of its own, in media's tests.
    /// </summary>
    private const int Tolerance = Rate;

    private static readonly byte[] Greeting = AudioSource.Pattern(2, TimeSpan.FromSeconds(10)).Samples.ToArray();
    private static readonly byte[] Answer = AudioSource.Pattern(3, TimeSpan.FromSeconds(2)).Samples.ToArray();

    private readonly string folder = TestFolder.Create("two-way");
    private ServiceProcess burqi = null!;
    private TwilioSimulator twilio = null!;
    private VoiceAgent agent = null!;
    private HttpClient api = null!;

    public async ValueTask InitializeAsync()
    {
        var port = FreePort.Next();
        var options = new TwilioSimulatorOptions { AllowLoopback = true, Port = port, Speed = 1 };
        burqi = ServiceProcess.Describe("Burqi.AllInOne", folder, new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_DATA_DIR"] = Path.Combine(folder, "data"),
            ["BURQI_RECORDINGS_DIR"] = Path.Combine(folder, "recordings"),
            ["BURQI_API_KEYS"] = ApiKey,
            ["BURQI_API_REQUESTS_PER_MINUTE"] = "100000", // tests look often
            ["TWILIO_ACCOUNT_SID"] = options.AccountSid,
            ["TWILIO_AUTH_TOKEN"] = options.AuthToken,
            ["TWILIO_API_BASE_URL"] = $"http://127.0.0.1:{port}",
        });
        twilio = await TwilioSimulator.StartAsync(options with
        {
            VoiceUrl = burqi.Address + "twiml?assistant_id=" + Assistant,
            StatusCallback = burqi.Address + "twilio/call-status#rc=5&rp=all",
        });
        agent = await VoiceAgent.StartAsync(BeInterruptedAsync);
        await burqi.StartAsync();
        api = new HttpClient { BaseAddress = burqi.Address, Timeout = TimeSpan.FromSeconds(30) };
        api.DefaultRequestHeaders.Authorization = new("Bearer", ApiKey);
    }

    [Fact]
    public async Task Agent_InterruptedAndAnsweringAgain_IsRecordedAsTheCallerHeardIt()
    {
        await PutAssistantAsync(new { enabled = true, format = "wav" });

        var call = await twilio.PlaceCallAsync(new CallScript { Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(8)), TalkFor = TimeSpan.FromSeconds(30) });

        call.Errors.ShouldBeEmpty();
        var stream = call.Streams.ShouldHaveSingleItem();
        agent.CallId.ShouldBe(call.CallSid);
        stream.Received.ShouldBe(agent.Sent, "what the agent sent reached Twilio as it was");

        // The agent ends the call: what was under way to it then it need not get.
        agent.Received.Count(message => message.Contains("\"media\"", StringComparison.Ordinal)).ShouldBeInRange(stream.Sent.Count - 3, stream.Sent.Count);

        var rows = await Evidence.FourCompletedAsync(api, call.CallSid);
        var user = (await Evidence.SamplesAsync(api, call.CallSid, rows["user"])).ShouldHaveSingleItem();
        var sent = MuLaw.Decode(stream.Timeline("inbound"));
        user.AsSpan(0, sent.Length).SequenceEqual(sent).ShouldBeTrue("the caller is recorded sample for sample");

        var assistant = (await Evidence.SamplesAsync(api, call.CallSid, rows["assistant"])).ShouldHaveSingleItem();
        var heard = HeardSinceTheStreamBegan(call, stream.Timeline("inbound"));
        ShouldBeHeardAlike(assistant, heard, MuLaw.Decode(Greeting));
        ShouldBeHeardAlike(assistant, heard, MuLaw.Decode(Answer));

        var mixed = Evidence.MixOfOurs(Path.Combine(folder, "recordings"), call.CallSid).ShouldHaveSingleItem();
        mixed.ShouldBe(user.Zip(assistant, (a, b) => (short)Math.Clamp(a + b, short.MinValue, short.MaxValue)));
    }

    [Fact]
    public async Task Settings_OfTheAssistant_DecideWhatIsDelivered()
    {
        await PutAssistantAsync(new { enabled = true, format = "mp3", channels = 2, sample_rate = 16000, record_user_audio = false });

        var call = await twilio.PlaceCallAsync(new CallScript { Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(2)), TalkFor = TimeSpan.FromSeconds(3) });

        // The mix ends as the provider's recording; what was made here is what its metadata names.
        IReadOnlyList<JsonElement> rows = [];
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                var page = await api.GetFromJsonAsync<JsonElement>(new Uri($"/recordings?call_id={call.CallSid}&recording_source=local", UriKind.Relative));
                rows = [.. page.GetProperty("items").EnumerateArray().OrderBy(row => row.GetProperty("recording_type").GetString(), StringComparer.Ordinal)];
                return rows.Count == 2 && rows[0].GetProperty("status").GetString() == "completed"
                    && rows[1].GetProperty("recording_metadata").TryGetProperty("local_status", out var status) && status.GetString() == "completed";
            },
            TimeSpan.FromSeconds(60));
        rows.Select(row => row.GetProperty("recording_type").GetString()).ShouldBe(["assistant", "mixed"]);
        rows.ShouldAllBe(row => row.GetProperty("assistant_id").GetString() == Assistant);
        var (assistant, mixed) = (rows[0], rows[1].GetProperty("recording_metadata"));
        (assistant.GetProperty("format").GetString(), assistant.GetProperty("sample_rate").GetInt32()).ShouldBe(("mp3", 16000));
        (mixed.GetProperty("local_format").GetString(), mixed.GetProperty("local_sample_rate").GetInt32()).ShouldBe(("mp3", 16000));
        mixed.GetProperty("local_channels").GetInt32().ShouldBe(2);
        using var played = await api.GetAsync(new Uri($"/calls/{call.CallSid}/recording/{assistant.GetProperty("id").GetString()}/play", UriKind.Relative));
        played.Content.Headers.ContentType!.MediaType.ShouldBe("audio/mpeg");
    }

    public async ValueTask DisposeAsync()
    {
        api?.Dispose();
        await burqi.DisposeAsync();
        await agent.DisposeAsync();
        await twilio.DisposeAsync();
    }

    /// <summary>Says 10 s at once, is interrupted when the caller has spoken for 4 s, answers a second later, and hangs up when that was played.</summary>
    private static async Task BeInterruptedAsync(VoiceAgent agent, WebSocket socket, JsonElement message)
    {
        var sid = message.TryGetProperty("streamSid", out var named) ? named.GetString() : null;
        switch (message.GetProperty("event").GetString())
        {
            case "start":
                // Five seconds each: a pause between the two, on a busy machine, is not heard.
                foreach (var part in Greeting.Chunk(40_000))
                {
                    await agent.SendAsync(socket, Media(sid, part));
                }

                break;
            case "media" when Timestamp(message) == 4000:
                await agent.SendAsync(socket, $$"""{"event":"clear","streamSid":"{{sid}}"}""");
                break;
            case "media" when Timestamp(message) == 5000:
                await agent.SendAsync(socket, Media(sid, Answer));
                await agent.SendAsync(socket, $$"""{"event":"mark","streamSid":"{{sid}}","mark":{"name":"said"} }""");
                break;
            case "mark":
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None);
                break;
            default:
                break;
        }
    }

    private static string Media(string? sid, byte[] audio) =>
        $$"""{"event":"media","streamSid":"{{sid}}","media":{"payload":"{{Convert.ToBase64String(audio)}}"} }""";

    private static long Timestamp(JsonElement message) =>
        long.Parse(message.GetProperty("media").GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture);

    /// <summary>What was played to the caller, from the moment on that the stream's own timeline begins with.</summary>
    private static short[] HeardSinceTheStreamBegan(SimulatedCall call, byte[] inbound)
    {
        // The provider's own recording holds the caller from its own beginning: where the stream's audio lies in it is where the stream began.
        var spoken = call.Recordings.ShouldHaveSingleItem().Channel(1);
        var at = spoken.AsSpan().IndexOf(inbound.AsSpan(0, Rate));
        at.ShouldBeGreaterThanOrEqualTo(0);
        return MuLaw.Decode(call.Recordings[0].Channel(2).AsSpan(at));
    }

    /// <summary>Whether as much of a speech was recorded as was heard, and at the same time.</summary>
    private static void ShouldBeHeardAlike(short[] recorded, short[] heard, short[] speech)
    {
        var (recordedAt, recordedLength) = Find(recorded, speech);
        var (heardAt, heardLength) = Find(heard, speech);
        recordedAt.ShouldBeInRange(heardAt - Tolerance, heardAt + Tolerance);
        (recordedAt + recordedLength).ShouldBeInRange(heardAt + heardLength - Tolerance, heardAt + heardLength + Tolerance);
    }

    private static (int At, int Length) Find(short[] samples, short[] speech)
    {
        var at = samples.AsSpan().IndexOf(speech.AsSpan(0, Rate / 2));
        at.ShouldBeGreaterThanOrEqualTo(0, "the speech is not there");
        return (at, samples.AsSpan(at).CommonPrefixLength(speech));
    }

    private async Task PutAssistantAsync(object settings)
    {
        using var answer = await api.PutAsJsonAsync(new Uri($"/assistants/{Assistant}", UriKind.Relative), new { media_url = agent.MediaUrl, recording_settings = settings });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());

        // All who work by it know it: a file each for ingress, media and the archiver.
        await Eventually.BecomesTrueAsync(() => Directory.GetFiles(Path.Combine(folder, "data"), "*.json", SearchOption.AllDirectories)
            .Count(file => Path.GetDirectoryName(file)!.EndsWith("assistants", StringComparison.Ordinal) && File.ReadAllText(file).Contains(Assistant, StringComparison.Ordinal)) == 3);
    }
}
