using System.Text;
using System.Text.Json.Nodes;
using Burqi.Catalog.Completeness;
using Burqi.Catalog.Completeness.Announce;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Burqi.Catalog.Tests.Completeness;

/// <summary>Which calls are looked at, when, and what comes of it in the rows. Time passes here by putting what was told into the past.</summary>
public sealed class LookAtCallsTests(LookAtCallsTests.QuietHost catalog) : IClassFixture<LookAtCallsTests.QuietHost>
{
    private readonly Told _told = new() { AssistantId = null };

    [Fact]
    public async Task Call_OfWhichNothingCame_IsMissingAndItsEventSaysWhy()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded());
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", "pending"), ("completeness_reason", null));

        await PassAsync();
        await LookAsync();
        (await CallAsync()).ShouldHave(
            ("completeness", "missing"), ("completeness_reason", "Nothing of the call is recorded, and no recording was heard of."));

        await AskAgainAsync();
        await LookAsync();
        var call = await CallAsync();
        call.ShouldHave(("completeness_news", 1), ("completeness_due_at", null));
        var shown = await ShownAsync();
        var happened = shown["events"]!.AsArray().ShouldHaveSingleItem();
        happened.ShouldHave(("event", "missing"), ("recording_id", null), ("actor", null));
        happened!["details"].ShouldHave(("reason", call["completeness_reason"]!.GetValue<string>()), ("call_duration_ms", 31_000));
    }

    [Fact]
    public async Task Alarm_IsClearedByTheRecordingThatArrives()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded());
        await PassAsync();
        await LookAsync();

        await catalog.TellAsync(_told.Captured());
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", "missing"), ("completeness_news", 1));

        await catalog.TellAsync(_told.Archived());
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", "complete"), ("completeness_reason", null), ("completeness_news", 2));
        (await ShownAsync())["events"]!.AsArray().Select(happened => happened!["event"]!.GetValue<string>()).ShouldBe(["missing", "complete"]);
    }

    [Fact]
    public async Task Recording_ThatFailsAfterAll_RaisesTheAlarmOfACallThatWasComplete()
    {
        var other = new Told { CallId = _told.CallId, AssistantId = null };
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded(), _told.Captured(), _told.Archived());
        await PassAsync();
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", "complete"), ("completeness_news", 0));

        var user = other.Captured() with { RecordingType = RecordingTypes.User };
        await catalog.TellAsync(user);
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", "complete"));

        await catalog.TellAsync(other.ArchiveFailed() with { RecordingType = RecordingTypes.User });
        await LookAsync();
        (await CallAsync()).ShouldHave(
            ("completeness", "incomplete"), ("completeness_type", "user"), ("completeness_recorded_ms", 0),
            ("completeness_reason", "The user recording is failed (The media node did not answer)."));
    }

    [Fact]
    public async Task Recording_ThatIsShort_IsToldInNumbers()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded(durationMs: 50_000), _told.Captured(), _told.Archived());
        await PassAsync();
        await LookAsync();
        (await CallAsync()).ShouldHave(
            ("completeness", "incomplete"), ("completeness_type", "mixed"), ("completeness_recorded_ms", 30_020),
            ("completeness_reason", "The mixed recording covers 30 of 50 s."));
        var details = (await ShownAsync())["events"]!.AsArray().ShouldHaveSingleItem()!["details"];
        details.ShouldHave(("recording_type", "mixed"), ("recorded_ms", 30_020), ("call_duration_ms", 50_000));
    }

    [Fact]
    public async Task Call_ThatEndsLonger_IsLookedAtAgain()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded(CallStatuses.NoAnswer, durationMs: 0));
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", "complete"), ("completeness_reason", "It was never answered."));

        // Of two ends the earlier is believed.
        await catalog.TellAsync(_told.CallEnded(at: Told.Start.AddSeconds(20)));
        await PassAsync();
        await LookAsync();
        (await CallAsync()).ShouldHave(("status", "completed"), ("completeness", "missing"));
    }

    [Fact]
    public async Task Call_OfWhoseAssistantTheSettingsChangedLater_GoesByThoseOfItsTime()
    {
        var told = new Told { AssistantId = $"assistant-{Guid.NewGuid():N}" };
        var second = new Told { AssistantId = told.AssistantId };
        await SaveAsync(told.AssistantId, enabled: false);
        await LongAgoAsync(told.AssistantId);
        await SaveAsync(told.AssistantId, enabled: true);
        var now = DateTimeOffset.UtcNow;
        await catalog.TellAsync(told.CallStarted(now.AddHours(-1)), told.CallEnded(at: now.AddHours(-1).AddSeconds(31)));
        await catalog.TellAsync(second.CallStarted(now.AddHours(1)), second.CallEnded(at: now.AddHours(1).AddSeconds(31)));
        await PassAsync(told);
        await PassAsync(second);
        await LookAsync();

        (await CallAsync(told)).ShouldHave(("completeness", "complete"), ("completeness_reason", "The assistant's calls are not recorded."));
        (await CallAsync(second)).ShouldHave(("completeness", "missing"));
    }

    [Theory]
    [InlineData("""{"enabled":true,"create_database_records":false}""", "complete")]
    [InlineData("""{"enabled":true}""", "missing")]
    public async Task Call_OfAnAssistant_GoesByItsSettings(string settings, string completeness)
    {
        var told = new Told { AssistantId = $"assistant-{Guid.NewGuid():N}" };
        await SaveAsync(told.AssistantId, settings);
        await LongAgoAsync(told.AssistantId);
        await catalog.TellAsync(told.CallStarted(), told.CallEnded());
        await PassAsync(told);
        await LookAsync();
        (await CallAsync(told)).ShouldHave(("completeness", completeness));
    }

    [Fact]
    public async Task Call_OfADeletedAssistant_IsRecordedAsThatOfAnUnknownOne()
    {
        var told = new Told { AssistantId = $"assistant-{Guid.NewGuid():N}" };
        await SaveAsync(told.AssistantId, enabled: false);
        using var deleted = await catalog.Client.DeleteAsync(new Uri($"/assistants/{told.AssistantId}", UriKind.Relative));
        await catalog.TellAsync(told.CallStarted(DateTimeOffset.UtcNow.AddMinutes(5)), told.CallEnded(at: DateTimeOffset.UtcNow.AddMinutes(6)));
        await PassAsync(told);
        await LookAsync();
        (await CallAsync(told)).ShouldHave(("completeness", "missing"));
    }

    [Fact]
    public async Task Call_WhoseRecordingWasStopped_IsMeasuredToThere()
    {
        var control = Guid.NewGuid();
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded(at: Told.Start.AddSeconds(50), durationMs: 50_000), _told.Captured(), _told.Archived());
        await ExecuteAsync(
            """
            insert into catalog.recording_controls (id, call_id, provider, action, awaits_provider, awaits_local, announced)
            values (@control, @CallId, 'twilio', 'stop', true, true, true);
            insert into catalog.recording_control_answers (control_id, scope, answerer, call_id, applied, reason, answered_at)
            values (@control, 'local', 'media-1', @CallId, true, null, @At), (@control, 'provider', 'twilio', @CallId, false, 'There is none.', @At)
            """,
            new { control, _told.CallId, At = Told.Start.AddSeconds(30) });
        await PassAsync();
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", "complete"));
    }

    [Theory]
    [InlineData(null, "complete")]
    [InlineData(-19, "incomplete")]
    public async Task Call_HandedOverByAMenuElsewhere_IsMeasuredFromThereUnlessItWasOursBefore(int? heardOfBefore, string completeness)
    {
        await catalog.TellAsync(_told.CallStarted() with { HandedOver = true }, _told.CallEnded(durationMs: 50_000), _told.Captured(), _told.Archived());
        if (heardOfBefore is { } seconds)
        {
            await catalog.TellAsync(_told.CallStarted(Told.Start.AddSeconds(seconds)));
        }

        await PassAsync();
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", completeness));
    }

    [Fact]
    public async Task Recording_ToldWhileACallIsLookedAt_HasItLookedAtAgain()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded());
        await PassAsync();

        // Two ways to miss each other: the look comes while something is told, which it then leaves to the next; and what is told has to wait for the look.
        await using (var telling = await catalog.Database.OpenConnectionAsync())
        await using (var transaction = await telling.BeginTransactionAsync())
        {
            await telling.ExecuteAsync(
                """
                insert into catalog.recordings (id, call_id, provider, recording_source, recording_type, status, listed_at, told)
                values (gen_random_uuid(), @CallId, 'twilio', 'local', 'mixed', 'captured', now(), '{}')
                """,
                new { _told.CallId });
            await LookAsync();
            (await CallAsync()).ShouldHave(("completeness", "pending"));
            await transaction.CommitAsync();
        }

        (await CallAsync())["completeness_due_at"].ShouldNotBeNull();
        await LookAsync();

        await using (var looking = await catalog.Database.OpenConnectionAsync())
        await using (var transaction = await looking.BeginTransactionAsync())
        {
            await looking.ExecuteAsync("select from catalog.calls where call_id = @CallId for no key update", new { _told.CallId });
            var telling = catalog.Database.OpenConnectionAsync().AsTask().ContinueWith(
                async opened =>
                {
                    await using var connection = await opened;
                    await connection.ExecuteAsync("update catalog.recordings set file_size = 1 where call_id = @CallId", new { _told.CallId });
                },
                TaskScheduler.Default).Unwrap();
            await Eventually.BecomesTrueAsync(async () => await ScalarAsync<long>(
                "select count(*) from pg_locks where not granted and database = (select oid from pg_database where datname = current_database()) or not granted and database is null") > 0);
            await looking.ExecuteAsync("update catalog.calls set completeness_due_at = null where call_id = @CallId", new { _told.CallId });
            await transaction.CommitAsync();
            await telling;
        }

        (await CallAsync())["completeness_due_at"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Calls_LookedAtByManyReplicas_AreEachLookedAtOnce()
    {
        const int Calls = 500;
        var prefix = $"CA{Guid.NewGuid():N}-";
        await ExecuteAsync(
            """
            insert into catalog.calls (call_id, provider, status, duration_ms, started_at, ended_at, listed_at, told)
            select @prefix || n, 'twilio', 'completed', 60000, now() - interval '2 hours', now() - interval '1 hour', now(), '{}'
            from generate_series(1, @Calls) n;
            update catalog.calls set updated_at = now() - interval '1 hour' where call_id like @prefix || '%'
            """,
            new { prefix, Calls });

        var look = catalog.Services.GetRequiredService<LookAtCallsCommand>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (await look.ExecuteAsync(50, CancellationToken.None) > 0)
            {
                // Until nothing is left to this one.
            }
        }));

        var news = await ScalarAsync<string>("select string_agg(distinct completeness_news::text, ',') from catalog.calls where call_id like @prefix || '%'", new { prefix });
        news.ShouldBe("1");
        (await ScalarAsync<long>("select count(*) from catalog.recording_events where call_id like @prefix || '%'", new { prefix })).ShouldBe(Calls);
    }

    [Fact]
    public async Task Look_ThatDiesOnTheWay_LeavesNothingAndTheCallDue()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded());
        await PassAsync();
        await using (var holding = await catalog.Database.OpenConnectionAsync())
        await using (var transaction = await holding.BeginTransactionAsync())
        {
            // The event is the last that a look writes.
            await holding.ExecuteAsync("lock table catalog.recording_events in exclusive mode");
            var look = catalog.Services.GetRequiredService<LookAtCallsCommand>().ExecuteAsync(200, CancellationToken.None);
            await Eventually.BecomesTrueAsync(async () => await ScalarAsync<long>(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where wait_event_type = 'Lock' and query like '%recording_events%' and datname = current_database()") > 0);
            await Should.ThrowAsync<NpgsqlException>(look);
            await transaction.RollbackAsync();
        }

        (await CallAsync()).ShouldHave(("completeness", "pending"), ("completeness_news", 0));
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", "missing"), ("completeness_news", 1));
        (await ShownAsync())["events"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Recording_AtTheEndOfTheCalendar_StopsNobodysCompleteness()
    {
        var other = new Told { AssistantId = null };
        var last = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded(), _told.ProviderReady() with { StartedAt = last });
        await catalog.TellAsync(other.CallStarted(), other.CallEnded());
        await PassAsync();
        await PassAsync(other);
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", "incomplete"));
        (await CallAsync(other)).ShouldHave(("completeness", "missing"));

        // The end of a call that nobody told is told by its recordings.
        await ExecuteAsync("update catalog.calls set ended_at = null where call_id = @CallId", new { _told.CallId });
        var news = await catalog.Services.GetRequiredService<CompletenessNewsQuery>().ExecuteAsync(100_000, CancellationToken.None);
        news.Single(told => told.CallId == _told.CallId).EndedAt.Year.ShouldBe(9999);
    }

    [Fact]
    public async Task Call_ThatCannotBeJudged_IsPutOffAndTheOthersAreLookedAt()
    {
        var other = new Told { AssistantId = null };
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded(), other.CallStarted(), other.CallEnded());
        await PassAsync();
        await PassAsync(other);
        await ExecuteAsync("update catalog.calls set completeness_due_at = '2000-01-01Z' where call_id = @CallId", new { _told.CallId });

        await ActivatorUtilities.CreateInstance<LookAtCallsCommand>(catalog.Services, new FirstFails()).ExecuteAsync(200, CancellationToken.None);

        (await CallAsync()).ShouldHave(("completeness", "pending"));
        (await ScalarAsync<bool>(
            "select completeness_due_at between now() + interval '59 minutes' and now() + interval '61 minutes' from catalog.calls where call_id = @CallId",
            new { _told.CallId })).ShouldBeTrue();
        (await CallAsync(other)).ShouldHave(("completeness", "missing"));
    }

    [Fact]
    public async Task Call_WhoseStopIsAnsweredAfterTheLook_IsLookedAtAgain()
    {
        var control = Guid.NewGuid();
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded(at: Told.Start.AddSeconds(50), durationMs: 50_000), _told.Captured(), _told.Archived());
        await ExecuteAsync(
            """
            insert into catalog.recording_controls (id, call_id, provider, action, awaits_provider, awaits_local, announced)
            values (@control, @CallId, 'twilio', 'stop', true, true, true)
            """,
            new { control, _told.CallId });
        await PassAsync();
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", "incomplete"));

        await catalog.TellAsync(new RecordingControlAnswered
        {
            ControlId = control,
            Provider = "twilio",
            CallId = _told.CallId,
            Action = RecordingControls.Stop,
            Scope = RecordingScopes.Local,
            Answerer = "media-1",
            Applied = true,
            AnsweredAt = Told.Start.AddSeconds(30),
        });
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", "complete"), ("completeness_news", 2));
    }

    [Fact]
    public async Task Call_ToldToBeHandedOverAfterTheLook_IsLookedAtAgain()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded(durationMs: 50_000), _told.Captured(), _told.Archived());
        await PassAsync();
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", "incomplete"));

        await catalog.TellAsync(_told.CallStarted() with { HandedOver = true });
        (await CallAsync())["completeness_due_at"].ShouldNotBeNull();
        await PassAsync();
        await LookAsync();
        (await CallAsync()).ShouldHave(("completeness", "complete"));
    }

    [Fact]
    public async Task Call_LeftInTheFutureByAClock_BecomesDue()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded());
        await ExecuteAsync("update catalog.calls set completeness_due_at = now() + interval '3 hours' where call_id = @CallId", new { _told.CallId });
        await catalog.Services.GetRequiredService<LookAtCallsCommand>().PutBackAsync(CancellationToken.None);
        (await ScalarAsync<bool>("select completeness_due_at <= now() from catalog.calls where call_id = @CallId", new { _told.CallId })).ShouldBeTrue();
    }

    [Fact]
    public async Task Call_ThatOfWhichNothingNewIsTold_IsNotLookedAt()
    {
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded(), _told.Captured(), _told.Archived());
        await PassAsync();
        await LookAsync();
        await catalog.TellAsync(_told.CallStarted(), _told.CallEnded(), _told.Captured(), _told.Archived());
        (await CallAsync()).ShouldHave(("completeness", "complete"), ("completeness_due_at", null));
    }

    private async Task LookAsync()
    {
        var look = catalog.Services.GetRequiredService<LookAtCallsCommand>();
        while (await look.ExecuteAsync(200, CancellationToken.None) > 0)
        {
            // Other tests' calls may be due as well.
        }
    }

    private Task PassAsync(Told? told = null) => ExecuteAsync(
        """
        update catalog.recordings set created_at = created_at - interval '1 hour', updated_at = updated_at - interval '1 hour' where call_id = @CallId;
        update catalog.calls set updated_at = updated_at - interval '1 hour', completeness_due_at = now() where call_id = @CallId
        """,
        new { (told ?? _told).CallId });

    private Task AskAgainAsync() => ExecuteAsync("update catalog.calls set completeness_due_at = now() where call_id = @CallId", new { _told.CallId });

    private Task LongAgoAsync(string? assistantId) => ExecuteAsync(
        "update catalog.assistant_recording set since = '2026-01-01Z' where assistant_id = @assistantId", new { assistantId });

    private Task<JsonObject> CallAsync(Told? told = null) => catalog.CallAsync((told ?? _told).CallId);

    private async Task<JsonNode> ShownAsync() => JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri($"/calls/{_told.CallId}", UriKind.Relative)))!;

    private Task SaveAsync(string? assistantId, bool enabled) => SaveAsync(assistantId, enabled ? """{"enabled":true}""" : """{"enabled":false}""");

    private async Task SaveAsync(string? assistantId, string settings)
    {
        using var answer = await catalog.Client.PutAsync(
            new Uri($"/assistants/{assistantId}", UriKind.Relative),
            new StringContent($$"""{"recording_settings":{{settings}}}""", Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
    }

    private async Task ExecuteAsync(string sql, object parameters)
    {
        await using var connection = await catalog.Database.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    private async Task<T> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await catalog.Database.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    /// <summary>The settings, which cannot be had the first time.</summary>
    private sealed class FirstFails : IOptions<CompletenessOptions>
    {
        private bool _failed;

        public CompletenessOptions Value
        {
            get
            {
                if (!_failed)
                {
                    _failed = true;
                    throw new InvalidOperationException("Not this one.");
                }

                return new();
            }
        }
    }

    /// <summary>Nobody looks but the tests, and they at ten minutes: a host that never looks by itself has the settings of one that does.</summary>
    public sealed class QuietHost : CatalogHost
    {
        protected override void ConfigureServices(IServiceCollection services) =>
            services.Remove(services.Single(service => service.ImplementationType == typeof(CompletenessWorker)));
    }
}
