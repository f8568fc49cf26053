using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Burqi.Catalog.Tests.Controls;

public sealed class ControlRecordingTests(ControlRecordingTests.OwnHost catalog) : IClassFixture<ControlRecordingTests.OwnHost>
{
    private readonly Told _told = new();

    [Fact]
    public async Task Pause_AnsweredByProviderAndNode_IsSaidWithBothAnswers()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.Started());
        await using var recorders = await Recorders.StartAsync(catalog, _told.CallId, RecordingScopes.Provider, RecordingScopes.Local);

        var (status, body) = await PostAsync("pause");

        status.ShouldBe(HttpStatusCode.OK);
        var asked = recorders.Asked.ShouldHaveSingleItem();
        asked.ShouldBe(new RecordingControlRequested
        {
            ControlId = asked.ControlId,
            Provider = Providers.Twilio,
            CallId = _told.CallId,
            AccountId = "AC0123456789abcdef0123456789abcdef",
            AssistantId = "assistant-1",
            Action = "pause",
            RequestedAt = asked.RequestedAt,
        });
        body.ShouldHave(("control_id", asked.ControlId.ToString()), ("action", "pause"), ("call_id", _told.CallId));
        body["answers"]!.AsArray().Count.ShouldBe(2);
        body["answers"]![0].ShouldHave(("scope", "provider"), ("answerer", "provider-1"), ("applied", true), ("reason", null));
        body["answers"]![1].ShouldHave(("scope", "local"), ("answerer", "local-1"), ("applied", true));
    }

    [Fact]
    public async Task Request_ThatIsRepeated_IsTheSameOne()
    {
        await catalog.TellAsync(_told.CallStarted());
        await using var recorders = await Recorders.StartAsync(catalog, _told.CallId, RecordingScopes.Provider);

        var first = await PostAsync("pause");
        var second = await PostAsync("pause");
        var stops = await Task.WhenAll(PostAsync("stop"), PostAsync("stop"), PostAsync("stop"));

        second.Status.ShouldBe(HttpStatusCode.OK);
        second.Body["control_id"]!.GetValue<Guid>().ShouldBe(first.Body["control_id"]!.GetValue<Guid>());
        stops.ShouldAllBe(stop => stop.Status == HttpStatusCode.OK);
        stops.Select(stop => stop.Body["control_id"]!.GetValue<Guid>()).Distinct().ShouldHaveSingleItem();
        recorders.Asked.Select(asked => asked.ControlId).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Request_ThatFailedSomewhere_MayBeMadeAgain()
    {
        await catalog.TellAsync(_told.CallStarted());
        await using var recorders = await Recorders.StartAsync(catalog, _told.CallId, RecordingScopes.Provider);
        recorders.Reason = "Twilio could not be reached.";
        var failed = await PostAsync("pause");
        recorders.Reason = null;

        var again = await PostAsync("pause");

        failed.Status.ShouldBe(HttpStatusCode.OK);
        failed.Body["answers"]![0].ShouldHave(("applied", false), ("reason", "Twilio could not be reached."));
        again.Body["control_id"]!.GetValue<Guid>().ShouldNotBe(failed.Body["control_id"]!.GetValue<Guid>());
        again.Body["answers"]![0].ShouldHave(("applied", true));
    }

    [Fact]
    public async Task Request_ThatWasDoneNowhere_DoesNotCountForTheNext()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.Started());
        await using var recorders = await Recorders.StartAsync(catalog, _told.CallId, RecordingScopes.Provider, RecordingScopes.Local);
        recorders.Reason = "Twilio could not be reached.";
        (await PostAsync("pause")).Status.ShouldBe(HttpStatusCode.OK);
        (await PostAsync("resume")).ShouldBeConflict("The recording of this call has not been paused.");
        (await PostAsync("stop")).Status.ShouldBe(HttpStatusCode.OK);
        recorders.Reason = null;

        // The stop that was done nowhere stopped nothing.
        var pause = await PostAsync("pause");
        pause.Body["answers"]![0].ShouldHave(("applied", true));
        recorders.Reason = "Twilio could not be reached.";
        (await PostAsync("resume")).Status.ShouldBe(HttpStatusCode.OK);
        recorders.Reason = null;

        // Whether a resume that failed has left the pause as it was is not known: it is asked for anew.
        var again = await PostAsync("pause");
        again.Body["control_id"]!.GetValue<Guid>().ShouldNotBe(pause.Body["control_id"]!.GetValue<Guid>());
        (await PostAsync("resume")).Body["answers"]![0].ShouldHave(("applied", true));
        (await PostAsync("stop")).Status.ShouldBe(HttpStatusCode.OK);
        (await PostAsync("pause")).ShouldBeConflict("The recording of this call has been stopped.");
    }

    [Fact]
    public async Task Stop_DoneInOnePlace_Counts()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.Started());
        await using var recorders = await Recorders.StartAsync(catalog, _told.CallId, RecordingScopes.Provider);
        recorders.Reason = "Twilio could not be reached.";
        (await PostAsync("stop")).Status.ShouldBe(HttpStatusCode.Accepted);
        await catalog.TellAsync(Recorders.Answer(recorders.Asked.First(), RecordingScopes.Local, null));

        (await PostAsync("pause")).ShouldBeConflict("The recording of this call has been stopped.");
    }

    [Fact]
    public async Task Request_AfterOneThatTheProviderHasNotAnswered_IsToldOnceItHas()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.Started());
        await using var recorders = await Recorders.StartAsync(catalog, _told.CallId, RecordingScopes.Local);
        var pausing = PostAsync("pause");
        await Eventually.BecomesTrueAsync(() => !recorders.Asked.IsEmpty);

        // It waits as long as a client does; that ours has answered the pause changes nothing.
        (await PostAsync("resume")).Status.ShouldBe(HttpStatusCode.Accepted);
        (await pausing).Status.ShouldBe(HttpStatusCode.Accepted);
        recorders.Asked.ShouldAllBe(asked => asked.Action == "pause");

        await catalog.TellAsync(Recorders.Answer(recorders.Asked.First(), RecordingScopes.Provider, "Twilio could not be reached."));
        await Eventually.BecomesTrueAsync(() => recorders.Asked.Any(asked => asked.Action == "resume"));
    }

    [Fact]
    public async Task Request_AfterOneThatTheProviderNeverAnswers_IsToldAfterAWhile()
    {
        await catalog.TellAsync(_told.CallStarted());
        await using var recorders = await Recorders.StartAsync(catalog, _told.CallId);
        (await PostAsync("pause")).Status.ShouldBe(HttpStatusCode.Accepted);
        (await PostAsync("resume")).Status.ShouldBe(HttpStatusCode.Accepted);
        recorders.Asked.ShouldAllBe(asked => asked.Action == "pause");

        await using (var command = catalog.Database.CreateCommand(
            "update catalog.recording_controls set requested_at = requested_at - interval '15 seconds' where call_id = $1 and action = 'pause'"))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = _told.CallId });
            await command.ExecuteNonQueryAsync();
        }

        await Eventually.BecomesTrueAsync(() => recorders.Asked.Any(asked => asked.Action == "resume"));
    }

    [Theory]
    [InlineData(Providers.Acs)]
    [InlineData(Providers.LiveKit)]
    public async Task Request_OfAProviderThatCannotBeAsked_IsOursAlone(string provider)
    {
        await catalog.TellAsync(_told.CallStarted() with { Provider = provider });
        await using var recorders = await Recorders.StartAsync(catalog, _told.CallId, RecordingScopes.Local);
        (await PostAsync("pause")).ShouldBeConflict("Nothing of this call is being recorded that could be controlled.");
        recorders.Asked.ShouldBeEmpty();

        await catalog.TellAsync(_told.Started() with { Provider = provider });
        var (status, body) = await PostAsync("pause");
        status.ShouldBe(HttpStatusCode.OK);
        body["answers"]!.AsArray().ShouldHaveSingleItem().ShouldHave(("scope", "local"), ("applied", true));
    }

    [Fact]
    public async Task Request_WhereRecordingsAreNotListed_IsAskedOfTheNodes()
    {
        var assistant = $"unlisted-{Guid.NewGuid():N}";
        using var saved = await catalog.Client.PutAsJsonAsync(
            new Uri($"/assistants/{assistant}", UriKind.Relative), new { recording_settings = new { enabled = true, create_database_records = false } });
        saved.IsSuccessStatusCode.ShouldBeTrue();
        await catalog.TellAsync(_told.CallStarted() with { Provider = Providers.Acs, AssistantId = assistant });
        await using var recorders = await Recorders.StartAsync(catalog, _told.CallId, RecordingScopes.Local);

        var (status, body) = await PostAsync("pause");

        status.ShouldBe(HttpStatusCode.OK);
        body["answers"]!.AsArray().ShouldHaveSingleItem().ShouldHave(("scope", "local"), ("applied", true));
    }

    [Fact]
    public async Task Request_WithAnAnswerStillOut_IsAccepted()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.Started());
        await using var recorders = await Recorders.StartAsync(catalog, _told.CallId, RecordingScopes.Provider);

        var (status, body) = await PostAsync("pause");

        // Ours is being recorded, and its node says nothing.
        status.ShouldBe(HttpStatusCode.Accepted);
        body["answers"]!.AsArray().ShouldHaveSingleItem().ShouldHave(("scope", "provider"));

        // It comes after all, and the same request finds it.
        await catalog.TellAsync(Recorders.Answer(recorders.Asked.First(), RecordingScopes.Local, null));
        (await PostAsync("pause")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Request_ThatMakesNoSense_IsRefused()
    {
        (await PostAsync("pause")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync("pause", "%01")).Status.ShouldBe(HttpStatusCode.NotFound);
        await catalog.TellAsync(_told.CallStarted());
        await using var recorders = await Recorders.StartAsync(catalog, _told.CallId, RecordingScopes.Provider);

        (await PostAsync("resume")).ShouldBeConflict("The recording of this call has not been paused.");
        (await PostAsync("stop")).Status.ShouldBe(HttpStatusCode.OK);
        (await PostAsync("pause")).ShouldBeConflict("The recording of this call has been stopped.");
        (await PostAsync("resume")).ShouldBeConflict("The recording of this call has been stopped.");
        await catalog.TellAsync(_told.CallEnded());
        (await PostAsync("stop")).ShouldBeConflict("The call has ended.");
        recorders.Asked.Select(asked => asked.Action).Distinct().ShouldBe(["stop"]);
        using var anonymous = await catalog.AnonymousClient.PostAsync(new Uri($"/calls/{_told.CallId}/recording/pause", UriKind.Relative), null);
        anonymous.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Answer_HeardByAnotherReplica_IsSaidByThisOne()
    {
        await using var other = new Replica(catalog);
        await other.InitializeAsync();
        await catalog.TellAsync(_told.CallStarted());
        var asking = PostAsync("pause");
        var control = await Eventually.ReturnsAsync(() => catalog.RowAsync("recording_controls", "call_id", _told.CallId));

        await other.TellAsync(Recorders.Answer(
            new RecordingControlRequested
            {
                ControlId = control["id"]!.GetValue<Guid>(),
                Provider = Providers.Twilio,
                CallId = _told.CallId,
                Action = "pause",
                RequestedAt = DateTimeOffset.UtcNow,
            },
            RecordingScopes.Provider,
            null));

        (await asking).Status.ShouldBe(HttpStatusCode.OK);
        using var again = await other.Client.PostAsync(new Uri($"/calls/{_told.CallId}/recording/pause", UriKind.Relative), null);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.Content.ReadFromJsonAsync<JsonObject>())!["control_id"]!.GetValue<Guid>().ShouldBe(control["id"]!.GetValue<Guid>());
    }

    [Fact]
    public async Task Detail_OfThatCall_ShowsPausesAndWhatHappened()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.Started());
        await using var recorders = await Recorders.StartAsync(catalog, _told.CallId, RecordingScopes.Provider, RecordingScopes.Local);
        await PostAsync("pause");
        await PostAsync("resume");
        await PostAsync("pause");

        var detail = await catalog.Client.GetFromJsonAsync<JsonObject>(new Uri($"/calls/{_told.CallId}", UriKind.Relative));

        var times = recorders.Asked.DistinctBy(asked => asked.ControlId).Select(asked => asked.RequestedAt.AddSeconds(1)).ToArray();
        var pauses = detail!["pauses"]!.AsArray();
        pauses.Select(pause => (pause!["scope"]!.GetValue<string>(), pause["answerer"]!.GetValue<string>(), Time(pause["from"]), Time(pause["to"]))).ShouldBe(
            [
                ("local", "local-1", times[0], times[1]), ("provider", "provider-1", times[0], times[1]),
                ("local", "local-1", times[2], null), ("provider", "provider-1", times[2], null),
            ]);
        var events = detail["events"]!.AsArray();
        events.Count(e => e!["event"]!.GetValue<string>() == "control_requested").ShouldBe(3);
        events.Count(e => e!["event"]!.GetValue<string>() == "control_answered").ShouldBe(6);
        events[0].ShouldHave(("actor", "configured-1"), ("recording_id", null));
        events[0]!["details"].ShouldHave(("action", "pause"), ("control_id", recorders.Asked.First().ControlId.ToString()));

        // An answer that comes again is none; the end of the call ends what was paused.
        var end = times[2].AddSeconds(30);
        await catalog.TellAsync(Recorders.Answer(recorders.Asked.First(), RecordingScopes.Local, null), _told.CallEnded(CallStatuses.Completed, end));
        detail = await catalog.Client.GetFromJsonAsync<JsonObject>(new Uri($"/calls/{_told.CallId}", UriKind.Relative));
        detail!["events"]!.AsArray().Count.ShouldBe(9);
        Time(detail["pauses"]![2]!["to"]).ShouldBe(end);
    }

    [Fact]
    public async Task Request_WhileTheBusIsAway_IsToldOnceItIsBack()
    {
        await using var cut = new CutOffHost();
        await cut.InitializeAsync();
        await cut.TellAsync(_told.CallStarted());
        await using var recorders = await Recorders.StartAsync(cut, _told.CallId, RecordingScopes.Provider);
        cut.Bus.IsAway = true;
        using (var answer = await cut.Client.PostAsync(new Uri($"/calls/{_told.CallId}/recording/pause", UriKind.Relative), null))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        }

        recorders.Asked.ShouldBeEmpty();
        cut.Bus.IsAway = false;

        await Eventually.BecomesTrueAsync(() => !recorders.Asked.IsEmpty);
    }

    private static DateTimeOffset? Time(JsonNode? node) => node?.GetValue<DateTimeOffset>();

    private async Task<Reply> PostAsync(string action, string? callId = null)
    {
        using var answer = await catalog.Client.PostAsync(new Uri($"/calls/{callId ?? _told.CallId}/recording/{action}", UriKind.Relative), null);
        return new Reply(answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject());
    }

    private sealed record Reply(HttpStatusCode Status, JsonObject Body)
    {
        public void ShouldBeConflict(string detail)
        {
            Status.ShouldBe(HttpStatusCode.Conflict);
            Body.ShouldHave(("detail", detail));
        }
    }

    /// <summary>Those who record, in so far as they hear requests and answer them.</summary>
    private sealed class Recorders : IAsyncDisposable
    {
        private HostReceiveEndpointHandle _endpoint = null!;

        public ConcurrentQueue<RecordingControlRequested> Asked { get; } = new();

        public string? Reason { get; set; }

        public static async Task<Recorders> StartAsync(CatalogHost catalog, string callId, params string[] scopes)
        {
            var recorders = new Recorders();
            recorders._endpoint = catalog.Services.GetRequiredService<IBusControl>().ConnectReceiveEndpoint(
                $"tests-controls.{Guid.NewGuid():N}",
                endpoint => endpoint.Handler<RecordingControlRequested>(async context =>
                {
                    if (context.Message.CallId == callId)
                    {
                        recorders.Asked.Enqueue(context.Message);
                        foreach (var scope in scopes)
                        {
                            await context.Publish(Answer(context.Message, scope, recorders.Reason));
                        }
                    }
                }));
            await recorders._endpoint.Ready;
            return recorders;
        }

        public static RecordingControlAnswered Answer(RecordingControlRequested asked, string scope, string? reason) => new()
        {
            ControlId = asked.ControlId,
            Provider = asked.Provider,
            CallId = asked.CallId,
            Action = asked.Action,
            Scope = scope,
            Answerer = scope + "-1",
            Applied = reason is null,
            Reason = reason,
            AnsweredAt = asked.RequestedAt.AddSeconds(1),
        };

        public async ValueTask DisposeAsync() => await _endpoint.StopAsync();
    }

    /// <summary>
    /// With a database of its own. Others' replicas on the shared one have buses of their own, and what one of them tells there nobody hears here: a
    /// request that waits for its turn may be told by whichever looks first.
    /// </summary>
    public sealed class OwnHost : CatalogHost;

    /// <summary>Another process on the same database.</summary>
    private sealed class Replica(CatalogHost first) : CatalogHost
    {
        protected override Task<string> ConnectionStringAsync() => Task.FromResult(first.ConnectionString);
    }

    /// <summary>One with a switch before its way to the bus, and a database of its own: nobody else tells what it cannot.</summary>
    private sealed class CutOffHost : CatalogHost
    {
        public BusSwitch Bus { get; } = new();

        protected override void ConfigureServices(IServiceCollection services)
        {
            var real = services.Last(service => service.ServiceType == typeof(IPublishEndpoint));
            services.Remove(real);
            services.AddSingleton(provider => Bus.Around((IPublishEndpoint)real.ImplementationFactory!(provider)));
        }
    }
}
