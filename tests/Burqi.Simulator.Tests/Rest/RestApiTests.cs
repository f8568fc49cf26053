using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Simulator.Recordings;
using Burqi.Simulator.Rest;

namespace Burqi.Simulator.Tests.Rest;

public sealed class RestApiTests : SimulatorTest
{
    private static readonly CallScript Script = new()
    {
        Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(2)),
        Callee = AudioSource.Pattern(2, TimeSpan.FromSeconds(2)),
        RingFor = TimeSpan.Zero,
    };

    private readonly HttpClient http = new();
    private string baseUrl = "";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        UseTwiml("dual");
        Use(Twilio, Twilio.Options.AccountSid, Twilio.Options.AuthToken);
    }

    public override async ValueTask DisposeAsync()
    {
        http.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Metadata_OfACompletedRecording_HasTwiliosShapeAndTypes()
    {
        var recording = await RecordAsync(Twilio);

        var json = await GetJsonAsync($"Recordings/{recording.RecordingSid}.json");

        json.GetProperty("sid").GetString().ShouldBe(recording.RecordingSid);
        json.GetProperty("call_sid").GetString().ShouldBe(recording.CallSid);
        json.GetProperty("channels").GetInt32().ShouldBe(2);
        json.GetProperty("duration").GetString().ShouldBe("2");
        json.GetProperty("status").GetString().ShouldBe("completed");
        json.GetProperty("source").GetString().ShouldBe("StartCallRecordingTwiML");
        json.GetProperty("error_code").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("start_time").GetString().ShouldNotBeNull().ShouldMatch(@"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$");
        json.GetProperty("media_url").GetString().ShouldBe($"{Twilio.ApiBaseUrl}/2010-04-01/Accounts/{Twilio.Options.AccountSid}/Recordings/{recording.RecordingSid}");
        json.GetProperty("uri").GetString().ShouldBe($"/2010-04-01/Accounts/{Twilio.Options.AccountSid}/Recordings/{recording.RecordingSid}.json");
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData(".wav", 1)]
    [InlineData(".wav?RequestedChannels=1", 1)]
    [InlineData(".wav?RequestedChannels=2", 2)]
    public async Task Wav_OfADualRecording_HasTheChannelsAskedFor(string suffix, int channels)
    {
        var recording = await RecordAsync(Twilio);

        using var response = await GetAsync($"Recordings/{recording.RecordingSid}{suffix}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("audio/x-wav");
        var wav = await response.Content.ReadAsByteArrayAsync(Cancellation);
        response.Content.Headers.ContentLength.ShouldBe(wav.Length);
        wav.Length.ShouldBe(44 + (16000 * 2 * channels));
        BitConverter.ToInt16(wav, 22).ShouldBe((short)channels);
        BitConverter.ToInt32(wav, 24).ShouldBe(8000);
        var expected = Enumerable.Range(0, 16000).SelectMany(i => Expected(i, channels));
        Enumerable.Range(0, 16000 * channels).Select(i => BitConverter.ToInt16(wav, 44 + (i * 2))).ShouldBe(expected);
    }

    [Fact]
    public async Task Wav_WithChannelsSwapped_HasTheOtherPartyFirst()
    {
        var twilio = await StartTwilioAsync(o => o with { SwapRecordingChannels = true, DownmixUnlessAsked = false });
        Use(twilio, twilio.Options.AccountSid, twilio.Options.AuthToken);
        var recording = await RecordAsync(twilio);

        var wav = await http.GetByteArrayAsync(baseUrl + $"Recordings/{recording.RecordingSid}.wav", Cancellation);

        BitConverter.ToInt16(wav, 44).ShouldBe(MuLaw.Decode(Script.Callee.Samples.Span[0]));
        BitConverter.ToInt16(wav, 46).ShouldBe(MuLaw.Decode(Script.Caller.Samples.Span[0]));
    }

    [Fact]
    public async Task RequestedChannels2_OfAMonoRecording_Is400()
    {
        UseTwiml("mono");
        var recording = await RecordAsync(Twilio);

        await ShouldFailAsync($"Recordings/{recording.RecordingSid}.wav?RequestedChannels=2", 400, 20001);
        (await GetAsync($"Recordings/{recording.RecordingSid}.wav")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Mp3_IsARealMp3()
    {
        var recording = await RecordAsync(Twilio);

        using var response = await GetAsync($"Recordings/{recording.RecordingSid}.mp3");

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancellation));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("audio/mpeg");
        var mp3 = await response.Content.ReadAsByteArrayAsync(Cancellation);
        // An ID3 tag, then frames of 32 kbit/s: 4000 bytes a second.
        Encoding.ASCII.GetString(mp3, 0, 3).ShouldBe("ID3");
        mp3.Length.ShouldBeInRange(7000, 12000);
    }

    [Fact]
    public async Task Media_NotReadyYet_Is404AsOftenAsAsked()
    {
        var twilio = await StartTwilioAsync(o => o with { NotFoundBeforeReady = 2 });
        Use(twilio, twilio.Options.AccountSid, twilio.Options.AuthToken);
        var recording = await RecordAsync(twilio);
        var path = $"Recordings/{recording.RecordingSid}.wav";

        await ShouldFailAsync(path, 404, 20404);
        await ShouldFailAsync(path, 404, 20404);
        (await GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GetJsonAsync($"Recordings/{recording.RecordingSid}.json")).GetProperty("status").GetString().ShouldBe("completed");
    }

    [Fact]
    public async Task Media_WithinTheTimeToGetReady_Is404()
    {
        var twilio = await StartTwilioAsync(o => o with { ReadyAfter = TimeSpan.FromHours(1) });
        Use(twilio, twilio.Options.AccountSid, twilio.Options.AuthToken);
        var recording = await RecordAsync(twilio);

        await ShouldFailAsync($"Recordings/{recording.RecordingSid}.wav", 404, 20404);
    }

    [Theory]
    [InlineData(429, 20429)]
    [InlineData(503, 20500)]
    public async Task Fault_Status_IsAnsweredAsOftenAsAskedWithRetryAfter(int status, int code)
    {
        var recording = await RecordAsync(Twilio);
        var path = $"Recordings/{recording.RecordingSid}.wav";
        Twilio.Fail(new RestFault { Target = RestTarget.Media, Status = status, Times = 2, RetryAfter = 3 });

        (await ShouldFailAsync(path, status, code)).RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(3));
        (await GetAsync($"Recordings/{recording.RecordingSid}.json")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldFailAsync(path, status, code);
        (await GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Fault_BreakingOff_EndsTheBodyShortOfItsLength()
    {
        var recording = await RecordAsync(Twilio);
        Twilio.Fail(new RestFault { Target = RestTarget.Media });

        await Should.ThrowAsync<Exception>(() => http.GetByteArrayAsync(baseUrl + $"Recordings/{recording.RecordingSid}.wav", Cancellation));
        recording.WholeDownloads.ShouldBe(0);
        (await http.GetByteArrayAsync(baseUrl + $"Recordings/{recording.RecordingSid}.wav", Cancellation)).Length.ShouldBe(32044);
        recording.WholeDownloads.ShouldBe(1);
    }

    [Fact]
    public async Task Fault_TruncatedUnnoticed_ShowsInTheWavsOwnLengthAlone()
    {
        var recording = await RecordAsync(Twilio);
        Twilio.Fail(new RestFault { Target = RestTarget.Media, TruncatedUnnoticed = true });

        var wav = await http.GetByteArrayAsync(baseUrl + $"Recordings/{recording.RecordingSid}.wav", Cancellation);

        wav.Length.ShouldBe(16022);
        BitConverter.ToInt32(wav, 40).ShouldBe(32000);
    }

    [Fact]
    public async Task Delete_TakesTheMediaAtOnceAndKeepsTheMetadata()
    {
        var recording = await RecordAsync(Twilio);
        var path = $"Recordings/{recording.RecordingSid}";

        (await http.DeleteAsync(baseUrl + path + ".json", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await ShouldFailAsync(path + ".wav", 404, 20404);
        await ShouldFailAsync(path + ".json", 404, 20404);
        (await http.DeleteAsync(baseUrl + path + ".json", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var kept = await GetJsonAsync(path + ".json?IncludeSoftDeleted=true");
        kept.GetProperty("status").GetString().ShouldBe("deleted");
        kept.GetProperty("duration").GetString().ShouldBe("2");
        (await GetJsonAsync("Recordings.json")).GetProperty("recordings").GetArrayLength().ShouldBe(0);
        (await GetJsonAsync("Recordings.json?IncludeSoftDeleted=true")).GetProperty("recordings").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task List_PageByPage_GivesEveryRecordingOnceEvenAsPagesAreDeleted()
    {
        var placed = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            placed.Insert(0, (await RecordAsync(Twilio)).RecordingSid);
        }

        var listed = new List<string>();
        var page = await GetJsonAsync("Recordings.json?PageSize=2");
        page.GetProperty("page_size").GetInt32().ShouldBe(2);
        while (true)
        {
            var sids = page.GetProperty("recordings").EnumerateArray().Select(r => r.GetProperty("sid").GetString()!).ToList();
            listed.AddRange(sids);
            foreach (var sid in sids)
            {
                await http.DeleteAsync(baseUrl + $"Recordings/{sid}.json", Cancellation);
            }

            if (page.GetProperty("next_page_uri").GetString() is not { } next)
            {
                break;
            }

            next.ShouldStartWith("/2010-04-01/");
            page = await GetJsonAsync(Twilio.ApiBaseUrl + next);
        }

        listed.ShouldBe(placed);
        page.GetProperty("page").GetInt32().ShouldBe(2);
        await ShouldFailAsync("Recordings.json?PageSize=2&Page=1", 400, 20006);
        await ShouldFailAsync("Recordings.json?Page=1&PageToken=PAnonsense", 400, 20006);
        await ShouldFailAsync("Recordings.json?PageSize=1001", 400, 20001);
    }

    [Fact]
    public async Task List_Filters_ByCallAndByDate()
    {
        var wanted = await RecordAsync(Twilio);
        await RecordAsync(Twilio);
        var today = wanted.StartedAt.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        async Task<int> CountAsync(string query) => (await GetJsonAsync(query)).GetProperty("recordings").GetArrayLength();

        (await CountAsync($"Recordings.json?CallSid={wanted.CallSid}")).ShouldBe(1);
        (await CountAsync($"Calls/{wanted.CallSid}/Recordings.json")).ShouldBe(1);
        (await CountAsync("Recordings.json?DateCreated%3E=2000-01-01&DateCreated%3C=2000-12-31")).ShouldBe(0);
        (await CountAsync("Recordings.json?DateCreated>=2000-01-01")).ShouldBe(2);
        (await CountAsync($"Recordings.json?DateCreated<={today}&DateCreated>={today}")).ShouldBe(2);
        (await CountAsync("Recordings.json?DateCreated=2000-01-01")).ShouldBe(0);
        await ShouldFailAsync("Recordings.json?DateCreated=yesterday", 400, 20001);
        await ShouldFailAsync("Calls/CA0/Recordings.json", 404, 20404);
    }

    [Fact]
    public async Task Credentials_WrongOrAbsent_Are401AndApiKeysOpen()
    {
        var twilio = await StartTwilioAsync(o => o with { ApiKeys = [new ApiKey("SK1", "secret")] });
        var recording = await RecordAsync(twilio);
        foreach (var (user, password, expected) in new[]
        {
            (twilio.Options.AccountSid, twilio.Options.AuthToken, HttpStatusCode.OK),
            ("SK1", "secret", HttpStatusCode.OK),
            ("SK1", twilio.Options.AuthToken, HttpStatusCode.Unauthorized),
            (twilio.Options.AccountSid, "", HttpStatusCode.Unauthorized),
        })
        {
            Use(twilio, user, password);
            (await GetAsync($"Recordings/{recording.RecordingSid}.wav")).StatusCode.ShouldBe(expected);
        }

        http.DefaultRequestHeaders.Authorization = null;
        await ShouldFailAsync($"Recordings/{recording.RecordingSid}.wav", 401, 20003);
        Use(twilio, "SK1", "secret");
        await ShouldFailAsync($"{twilio.ApiBaseUrl}/2010-04-01/Accounts/AC9/Recordings.json", 404, 20404);
    }

    [Fact]
    public async Task UpdateCall_Completed_EndsTheRunningCall()
    {
        var twilio = await StartTwilioAsync(o => o with { Speed = 20 });
        Use(twilio, twilio.Options.AccountSid, twilio.Options.AuthToken);
        var call = twilio.StartCall(Script with { TalkFor = TimeSpan.FromHours(1) });
        await call.WhenReachesAsync(TimeSpan.FromSeconds(1));

        (await GetJsonAsync($"Calls/{call.CallSid}.json")).GetProperty("status").GetString().ShouldBe("in-progress");
        (await PostAsync($"Calls/{call.CallSid}.json", ("Status", "completed"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await call.Completion;

        (await GetJsonAsync($"Calls/{call.CallSid}.json")).GetProperty("status").GetString().ShouldBe("completed");
        (await PostAsync($"Calls/{call.CallSid}.json", ("Status", "completed"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task StartRecording_OfARunningCall_RecordsOnceAndObeysPauseAndStop()
    {
        Customer.Twiml = "<Response><Dial>+14255550123</Dial></Response>";
        var twilio = await StartTwilioAsync(o => o with { Speed = 20 });
        Use(twilio, twilio.Options.AccountSid, twilio.Options.AuthToken);
        var call = twilio.StartCall(Script with { TalkFor = TimeSpan.FromHours(1), Caller = AudioSource.Pattern(3, TimeSpan.FromSeconds(20)) });
        await call.WhenReachesAsync(TimeSpan.FromMilliseconds(100));
        var calls = $"Calls/{call.CallSid}/Recordings";

        (string, string)[] start =
        [
            ("RecordingChannels", "dual"), ("RecordingStatusCallback", Customer.BaseUrl + "/recording-status"),
            ("RecordingStatusCallbackEvent", "in-progress"), ("RecordingStatusCallbackEvent", "completed"),
        ];
        using var started = await PostAsync(calls + ".json", start);
        started.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await PostAsync(calls + ".json", start)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var recording = call.Recordings.ShouldHaveSingleItem();
        recording.Source.ShouldBe("StartCallRecordingAPI");

        (await PostAsync(calls + "/Twilio.CURRENT.json", ("Status", "paused"), ("PauseBehavior", "skip"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        recording.Status.ShouldBe("paused");
        var paused = recording.Duration;
        await call.WhenReachesAsync(call.Now + TimeSpan.FromSeconds(1));
        recording.Duration.ShouldBe(paused);
        (await PostAsync($"{calls}/{recording.RecordingSid}.json", ("Status", "in-progress"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await call.WhenReachesAsync(call.Now + TimeSpan.FromSeconds(1));
        (await PostAsync(calls + "/Twilio.CURRENT.json", ("Status", "stopped"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        recording.Status.ShouldBe("completed");
        recording.Duration.ShouldBeGreaterThan(paused);
        (await PostAsync(calls + "/Twilio.CURRENT.json", ("Status", "stopped"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        call.HangUp();
        await call.Completion;
        Customer.RequestsTo("/recording-status").Select(r => r["RecordingStatus"]).ShouldBe(["in-progress", "completed"]);
        (await PostAsync(calls + ".json", start)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("RecordingChannels", "2")]
    [InlineData("RecordingTrack", "left")]
    [InlineData("Trim", "yes")]
    [InlineData("RecordingStatusCallback", "/relative")]
    [InlineData("RecordingStatusCallbackMethod", "PUT")]
    [InlineData("RecordingStatusCallbackEvent", "completed,absent")]
    public async Task StartRecording_WithAWrongValue_Is400(string name, string value)
    {
        var twilio = await StartTwilioAsync(o => o with { Speed = 20 });
        Use(twilio, twilio.Options.AccountSid, twilio.Options.AuthToken);
        var call = twilio.StartCall(Script with { TalkFor = TimeSpan.FromHours(1) });
        await call.WhenReachesAsync(TimeSpan.FromMilliseconds(100));

        using var answer = await PostAsync($"Calls/{call.CallSid}/Recordings.json", (name, value));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldContain(name);
    }

    [Fact]
    public async Task WaitUntilFetched_WaitsForTheMediaOfEveryRecording()
    {
        var recording = await RecordAsync(Twilio);

        (await Twilio.WaitUntilFetchedAsync(TimeSpan.FromMilliseconds(200), TimeSpan.Zero, Cancellation)).ShouldBeFalse();
        await http.GetByteArrayAsync(baseUrl + $"Recordings/{recording.RecordingSid}.wav", Cancellation);
        (await Twilio.WaitUntilFetchedAsync(TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100), Cancellation)).ShouldBeTrue();
    }

    private static short[] Expected(int index, int channels)
    {
        var (caller, callee) = (MuLaw.Decode(Script.Caller.Samples.Span[index]), MuLaw.Decode(Script.Callee.Samples.Span[index]));
        return channels == 2 ? [caller, callee] : [(short)Math.Clamp(caller + callee, short.MinValue, short.MaxValue)];
    }

    private static async Task<SimulatedRecording> RecordAsync(TwilioSimulator twilio) => (await twilio.PlaceCallAsync(Script)).Recordings.ShouldHaveSingleItem();

    private void UseTwiml(string channels) =>
        Customer.Twiml = $"<Response><Start><Recording channels=\"{channels}\" trim=\"do-not-trim\"/></Start><Dial>+14255550123</Dial></Response>";

    private void Use(TwilioSimulator twilio, string user, string password)
    {
        baseUrl = $"{twilio.ApiBaseUrl}/2010-04-01/Accounts/{twilio.Options.AccountSid}/";
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    private Task<HttpResponseMessage> GetAsync(string path) => http.GetAsync(path.StartsWith("http", StringComparison.Ordinal) ? path : baseUrl + path, Cancellation);

    private async Task<JsonElement> GetJsonAsync(string path)
    {
        using var response = await GetAsync(path);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        return JsonDocument.Parse(body).RootElement;
    }

    private Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] form) =>
        http.PostAsync(baseUrl + path, new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))), Cancellation);

    private async Task<HttpResponseHeaders> ShouldFailAsync(string path, int status, int code)
    {
        var response = await GetAsync(path);
        ((int)response.StatusCode).ShouldBe(status);
        var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement;
        error.GetProperty("code").GetInt32().ShouldBe(code);
        error.GetProperty("status").GetInt32().ShouldBe(status);
        error.GetProperty("more_info").GetString().ShouldBe($"https://www.twilio.com/docs/errors/{code}");
        error.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        return response.Headers;
    }
}
