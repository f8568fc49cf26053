using System.Text;
using Burqi.Assistants;
using Burqi.Contracts;
using Burqi.Contracts.Assistants;
using Burqi.Contracts.Recordings;
using Burqi.Ingress.Tests.Support;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Ingress.Tests.Twilio.RecordingControl;

public sealed class RecordingControlTests : IAsyncLifetime
{
    private const string CallSid = "CA0123456789abcdef0123456789abcdef";
    private const string SalesSid = "AC00000000000000000000000000000002";

    private static DateTimeOffset _asked = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private TwilioRestStub _twilio = null!;

    public async ValueTask InitializeAsync() => _twilio = await TwilioRestStub.StartAsync();

    public ValueTask DisposeAsync() => _twilio.DisposeAsync();

    [Theory]
    [InlineData(RecordingControls.Pause, "Status=paused&PauseBehavior=silence")]
    [InlineData(RecordingControls.Resume, "Status=in-progress")]
    [InlineData(RecordingControls.Stop, "Status=stopped")]
    public async Task Request_OfEveryKind_IsAskedOfTwilioAndAnswered(string action, string form)
    {
        await using var ingress = await StartAsync();
        var request = Request(action);

        var answer = await AskAsync(ingress, request);

        answer.ShouldBe(new RecordingControlAnswered
        {
            ControlId = request.ControlId,
            Provider = Providers.Twilio,
            CallId = CallSid,
            Action = action,
            Scope = RecordingScopes.Provider,
            Answerer = "twilio",
            Applied = true,
            AnsweredAt = answer.AnsweredAt,
        });
        _twilio.Requests.ShouldBe(
            [("POST", $"/2010-04-01/Accounts/{TwilioClient.AccountSid}/Calls/{CallSid}/Recordings/Twilio.CURRENT.json", form, Basic(TwilioClient.AccountSid, TwilioClient.AuthToken))]);
    }

    [Theory]
    [InlineData(400, """{"code":21220,"message":"x","status":400}""", "Twilio says that the call is not in progress (21220).")]
    [InlineData(400, """{"code":20001,"message":"x"}""", "Twilio refused (400, error 20001).")]
    [InlineData(400, "not json", "Twilio refused (400).")]
    [InlineData(400, """{"code":"21220"}""", "Twilio refused (400).")]
    [InlineData(404, """{"code":20404}""", "Twilio is recording nothing of this call (404).")]
    [InlineData(404, "", "Twilio is recording nothing of this call (404).")]
    [InlineData(401, """{"code":20003}""", "Twilio did not accept TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (401).")]
    [InlineData(403, """{"code":20003}""", "Twilio did not accept TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (403).")]
    [InlineData(302, "", "Twilio refused (302).")]
    public async Task Refusal_OfTwilios_IsSaidAndNotTriedAgain(int status, string body, string reason)
    {
        _twilio.Answer = (context, _) =>
        {
            context.Response.Headers.Location = "https://elsewhere.example.com/";
            return TwilioRestStub.RespondAsync(context, status, body);
        };
        await using var ingress = await StartAsync();

        var answer = await AskAsync(ingress, Request(RecordingControls.Pause));

        (answer.Applied, answer.Reason).ShouldBe((false, reason));
        _twilio.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Trouble_ThatPasses_IsNoTrouble(int status)
    {
        _twilio.Answer = (context, number) => TwilioRestStub.RespondAsync(context, number < 3 ? status : 200, "{}");
        await using var ingress = await StartAsync();

        (await AskAsync(ingress, Request(RecordingControls.Pause))).Applied.ShouldBeTrue();
        _twilio.Requests.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(429, "Twilio was asked too often (429).")]
    [InlineData(503, "Twilio failed (503).")]
    [InlineData(0, "Twilio could not be reached.")]
    [InlineData(-1, "Twilio did not answer within 4 s.")]
    public async Task Trouble_ThatStays_IsSaid(int status, string reason)
    {
        _twilio.Answer = status switch
        {
            0 => (context, _) =>
            {
                context.Abort();
                return Task.CompletedTask;
            }
            ,
            -1 => (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default),
            _ => (context, _) => TwilioRestStub.RespondAsync(context, status, "{}"),
        };
        await using var ingress = await StartAsync();

        var answer = await AskAsync(ingress, Request(RecordingControls.Pause));

        (answer.Applied, answer.Reason).ShouldBe((false, reason));
    }

    [Fact]
    public async Task Assistant_WithCredentialsOfItsOwn_IsAskedForWithThem()
    {
        await using var ingress = await StartAsync(
            ("TWILIO_CREDENTIALS", "sales"), ("TWILIO_SALES_ACCOUNT_SID", SalesSid), ("TWILIO_SALES_AUTH_TOKEN", "token-of-sales-0000000000000000"),
            ("TWILIO_SALES_API_KEY", "SK00000000000000000000000000000001"), ("TWILIO_SALES_API_SECRET", "secret-of-sales"));
        Know(ingress, "front-desk", "sales");
        Know(ingress, "lost", "support");

        await AskAsync(ingress, Request(RecordingControls.Pause) with { AssistantId = "front-desk" });
        await AskAsync(ingress, Request(RecordingControls.Resume) with { AccountId = SalesSid });
        var lost = await AskAsync(ingress, Request(RecordingControls.Pause) with { AssistantId = "lost" });

        _twilio.Requests.Select(request => request.Authorization).ShouldBe(
            [Basic("SK00000000000000000000000000000001", "secret-of-sales"), Basic("SK00000000000000000000000000000001", "secret-of-sales")]);
        _twilio.Requests.Last().Path.ShouldContain(SalesSid);
        lost.Reason.ShouldNotBeNull().ShouldStartWith("The assistant's Twilio credentials are named 'support', which this process does not have");
    }

    [Theory]
    [InlineData("CA/../Messages", TwilioClient.AccountSid)]
    [InlineData(CallSid, "AC123/../AC456")]
    public async Task Ids_ThatAreNotTwilios_AreAskedForNothing(string callId, string accountId)
    {
        await using var ingress = await StartAsync();

        var answer = await AskAsync(ingress, Request(RecordingControls.Pause) with { CallId = callId, AccountId = accountId });

        answer.Reason.ShouldBe("The call's or its account's id is not one of Twilio's.");
        _twilio.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Message_ThatComesAgain_AsksTwilioNothing()
    {
        await using var ingress = await StartAsync();
        var (pause, resume) = (Request(RecordingControls.Pause), Request(RecordingControls.Resume));
        await AskAsync(ingress, pause);
        await TellAsync(ingress, pause);
        await Eventually.BecomesTrueAsync(() => ingress.Events.All.Count == 2);
        await AskAsync(ingress, resume);

        // And a pause that comes late does not undo the resume.
        await TellAsync(ingress, pause);
        await Eventually.BecomesTrueAsync(() => ingress.Events.All.Count == 4);

        _twilio.Requests.Select(request => request.Form).ShouldBe(["Status=paused&PauseBehavior=silence", "Status=in-progress"]);
        var answers = ingress.Events.All.Cast<RecordingControlAnswered>().ToArray();
        answers[1].ShouldBe(answers[0]);
        answers[3].Reason.ShouldBe("What was asked after it has been done already.");
    }

    [Fact]
    public async Task Request_OfAnotherProvider_IsNotTwiliosBusiness()
    {
        await using var ingress = await StartAsync();
        await TellAsync(ingress, Request(RecordingControls.Pause) with { Provider = Providers.Acs });
        await AskAsync(ingress, Request(RecordingControls.Pause));

        ingress.Events.All.ShouldHaveSingleItem();
        _twilio.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Answer_WithTheBusAway_WaitsInTheSpool()
    {
        await using var ingress = await StartAsync();
        ingress.Bus.State = BusState.Down;
        await TellAsync(ingress, Request(RecordingControls.Pause));
        await Eventually.BecomesTrueAsync(() => ingress.Spool.PendingCount == 1 && !_twilio.Requests.IsEmpty);
        ingress.Events.All.ShouldBeEmpty();

        ingress.Bus.State = BusState.Up;

        (await ingress.Events.SingleAsync<RecordingControlAnswered>()).Applied.ShouldBeTrue();
        _twilio.Requests.Count.ShouldBe(1);
    }

    private static string Basic(string user, string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    private static void Know(IngressHost ingress, string assistantId, string credentials) =>
        ingress.Services.GetRequiredService<AssistantDirectory>().Apply(new AssistantSaved
        {
            AssistantId = assistantId,
            Version = 1,
            Enabled = true,
            Format = "wav",
            SampleRate = 8000,
            Channels = 1,
            RecordUserAudio = true,
            RecordAssistantAudio = true,
            RecordMixedAudio = true,
            AutoSave = true,
            RecordingsDir = "recordings",
            CreateDatabaseRecords = true,
            TwilioCredentials = credentials,
            SavedAt = DateTimeOffset.UnixEpoch,
        });

    private static RecordingControlRequested Request(string action) => new()
    {
        ControlId = Guid.CreateVersion7(),
        Provider = Providers.Twilio,
        CallId = CallSid,
        AccountId = TwilioClient.AccountSid,
        Action = action,
        RequestedAt = _asked = _asked.AddSeconds(1),
    };

    private static Task TellAsync(IngressHost ingress, RecordingControlRequested request) => ingress.Services.GetRequiredService<IBus>().Publish(request);

    private static async Task<RecordingControlAnswered> AskAsync(IngressHost ingress, RecordingControlRequested request)
    {
        await TellAsync(ingress, request);
        return await Eventually.ReturnsAsync(() => Task.FromResult(
            ingress.Events.All.OfType<RecordingControlAnswered>().FirstOrDefault(answer => answer.ControlId == request.ControlId)));
    }

    private Task<IngressHost> StartAsync(params (string Name, string? Value)[] settings) =>
        IngressHost.StartAsync(null, [("TWILIO_API_BASE_URL", _twilio.Url), .. settings]);
}
