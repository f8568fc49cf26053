using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Burqi.Catalog.Retention.Sweep;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Catalog.Tests.Recordings.Upgrade;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Burqi.Catalog.Tests.Retention;

/// <summary>Policies that are acted upon. What tests tell is of March 2026: older than any of the days below that are to be over, younger than the others.</summary>
public sealed class RetentionTests(RetentionTests.ActingHost catalog) : IClassFixture<RetentionTests.ActingHost>
{
    private const int LongOver = 3;
    private const int NotOver = 36_500;

    private readonly string _assistant = $"assistant-{Guid.NewGuid():N}";

    [Fact]
    public async Task Sweep_PolicyIsOver_TheRecordingIsDeletedAndItsRowStays()
    {
        await using var archiver = await ArchiverAsked.StartAsync(catalog);
        await using var news = await CompletenessNewsCapture.StartAsync(catalog);
        var told = new Told { AssistantId = _assistant };
        await SetPolicyAsync(new { mixed = new { delete_after_days = LongOver } });
        await catalog.TellAsync(told.CallStarted(), told.CallEnded(), told.Captured(), told.Archived());
        await Eventually.BecomesTrueAsync(async () => (await catalog.CallAsync(told.CallId))["completeness"]!.GetValue<string>() == "complete");

        await SweepAsync();

        var asked = await archiver.DeletionAsync(told.CallId, told.Id);
        asked.ShouldBe(new RecordingDeletionRequested
        {
            RecordingId = told.Id,
            Provider = "twilio",
            CallId = told.CallId,
            RecordingType = "mixed",
            RecordingSource = "local",
            AssistantId = _assistant,
            DeletionId = asked.DeletionId,
            Reason = $"Kept for 3 days: the policy of assistant {_assistant} for mixed recordings.",
            RequestedAt = asked.RequestedAt,
        });
        (await ProblemAsync(HttpMethod.Get, $"{Route(told)}/play", HttpStatusCode.NotFound)).ShouldContain("is being deleted");

        await SweepAsync();
        await catalog.TellAsync(ArchiverAsked.Deleted(asked, "A media node is gone."), ArchiverAsked.Deleted(asked, "A media node is gone."), told.Archived(), told.Captured());

        var row = await catalog.RecordingAsync(told.Id);
        row.ShouldHave(
            ("status", "deleted"), ("s3_key", null), ("s3_url", null), ("file_path", null), ("sha256", Told.Sha256), ("duration_ms", 30_020), ("file_size", 960_684),
            ("call_id", told.CallId));
        row["recording_metadata"].ShouldHave(("deletion_note", "A media node is gone."), ("deletion_id", asked.DeletionId.ToString()));
        archiver.Deletions(told.CallId).ShouldHaveSingleItem();
        (await EventsAsync(told.CallId)).ShouldBe(["deletion_requested", "deleted"]);
        (await ProblemAsync(HttpMethod.Get, $"{Route(told)}/play", HttpStatusCode.NotFound)).ShouldContain("was deleted");
        (await ProblemAsync(HttpMethod.Delete, Route(told), HttpStatusCode.NotFound)).ShouldContain("was deleted");
        (await catalog.RowAsync("recording_retention", "recording_id", told.Id)).ShouldBeNull();
        (await catalog.RowAsync("recording_usage", "recording_id", told.Id)).ShouldHave(("object_bytes", null), ("counted_bytes", null), ("counted_ms", 30_020));

        // It was there: nobody is told that anything is missing, and nobody looks again.
        (await catalog.CallAsync(told.CallId)).ShouldHave(("completeness", "complete"), ("completeness_due_at", null));
        news.Missing(told.CallId).ShouldBeEmpty();
        news.Incomplete(told.CallId).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sweep_PolicyIsNotOverOrForEver_NothingIsAsked()
    {
        await using var archiver = await ArchiverAsked.StartAsync(catalog);
        var told = new Told { AssistantId = _assistant };
        var ofNobody = new Told { AssistantId = null };
        await SetPolicyAsync(new Dictionary<string, object> { ["default"] = new { delete_after_days = LongOver }, ["mixed"] = new { cool_after_days = NotOver } });
        await catalog.TellAsync(told.Archived(), ofNobody.Archived());

        await SweepAsync();

        (await catalog.RowAsync("recording_deletions", "call_id", told.CallId)).ShouldBeNull();
        (await catalog.RowAsync("recording_deletions", "call_id", ofNobody.CallId)).ShouldBeNull();
        (await catalog.RowAsync("recording_retention", "recording_id", told.Id)).ShouldHave(("tier_asked", "hot"));
    }

    [Fact]
    public async Task Sweep_TiersAreDue_EachIsAskedForOnce()
    {
        await using var archiver = await ArchiverAsked.StartAsync(catalog);
        var told = new Told { AssistantId = _assistant };
        await SetPolicyAsync(new Dictionary<string, object> { ["default"] = new { cool_after_days = LongOver, archive_after_days = NotOver } });
        await catalog.TellAsync(told.Archived());

        await SweepAsync();
        await Eventually.BecomesTrueAsync(() => archiver.Tiers(told.CallId) is [{ Tier: "cool" }]);
        await catalog.TellAsync(ArchiverAsked.Changed(archiver.Tiers(told.CallId)[0]));
        await SweepAsync();
        (await catalog.RecordingAsync(told.Id))["recording_metadata"].ShouldHave(("tier", "cool"));
        (await EventsAsync(told.CallId)).ShouldBe(["tier_changed"]);

        await SetPolicyAsync(new Dictionary<string, object> { ["default"] = new { cool_after_days = LongOver, archive_after_days = LongOver + 1 } });
        await SweepAsync();
        await Eventually.BecomesTrueAsync(() => archiver.Tiers(told.CallId) is [_, { Tier: "archive" }]);
        await catalog.TellAsync(ArchiverAsked.Changed(archiver.Tiers(told.CallId)[1]));
        (await catalog.RecordingAsync(told.Id))["recording_metadata"].ShouldHave(("tier", "archive"));
        await SweepAsync();
        archiver.Tiers(told.CallId).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Tier_AnswerToWhatWasAskedBefore_ClosesNothing()
    {
        await using var archiver = await ArchiverAsked.StartAsync(catalog);
        var told = new Told { AssistantId = _assistant };
        await SetPolicyAsync(new Dictionary<string, object> { ["default"] = new { cool_after_days = LongOver, archive_after_days = NotOver } });
        await catalog.TellAsync(told.Archived());
        await SweepAsync();
        await Eventually.BecomesTrueAsync(() => archiver.Tiers(told.CallId) is [{ Tier: "cool" }]);
        await SetPolicyAsync(new Dictionary<string, object> { ["default"] = new { cool_after_days = LongOver, archive_after_days = LongOver + 1 } });
        await SweepAsync();
        await Eventually.BecomesTrueAsync(() => archiver.Tiers(told.CallId) is [_, { Tier: "archive" }]);

        await catalog.TellAsync(ArchiverAsked.Changed(archiver.Tiers(told.CallId)[0]));
        (await catalog.RowAsync("recording_retention", "recording_id", told.Id)).ShouldHave(("tier_asked", "archive"), ("tier_answered_at", null));

        await catalog.TellAsync(ArchiverAsked.Changed(archiver.Tiers(told.CallId)[1]));
        (await catalog.RowAsync("recording_retention", "recording_id", told.Id))!["tier_answered_at"].ShouldNotBeNull();
        (await EventsAsync(told.CallId)).ShouldBe(["tier_changed"]);
    }

    [Fact]
    public async Task Hold_TierIsAskedAndNotDone_IsTakenBack()
    {
        await using var archiver = await ArchiverAsked.StartAsync(catalog);
        var told = new Told { AssistantId = _assistant };
        await SetPolicyAsync(new Dictionary<string, object> { ["default"] = new { cool_after_days = LongOver } });
        await catalog.TellAsync(told.Archived());
        await SweepAsync();
        await Eventually.BecomesTrueAsync(() => archiver.Tiers(told.CallId) is [{ Tier: "cool" }]);

        (await HoldAsync(told.CallId)).ShouldBe(HttpStatusCode.OK);
        await SweepAsync();
        (await catalog.RowAsync("recording_retention", "recording_id", told.Id)).ShouldHave(("tier_asked", "hot"), ("tier_asked_at", null));

        // The archiver had heard of it, and has done it all the same: what is there is known.
        await catalog.TellAsync(ArchiverAsked.Changed(archiver.Tiers(told.CallId)[0]));
        var row = await catalog.RowAsync("recording_retention", "recording_id", told.Id);
        row.ShouldHave(("tier_asked", "cool"));
        row!["tier_answered_at"].ShouldNotBeNull();
        (await EventsAsync(told.CallId)).ShouldBe(["legal_hold_placed", "tier_changed"]);
    }

    [Fact]
    public async Task Hold_TierIsTakenBackAndTheHoldLifted_IsAskedForAgain()
    {
        var told = new Told { AssistantId = _assistant };
        await SetPolicyAsync(new Dictionary<string, object> { ["default"] = new { cool_after_days = LongOver } });
        await catalog.TellAsync(told.Archived());
        await SweepAsync();
        (await catalog.RowAsync("recording_retention", "recording_id", told.Id)).ShouldHave(("tier_asked", "cool"), ("tier_answered_at", null));
        await HoldAsync(told.CallId);
        (await catalog.RowAsync("recording_retention", "recording_id", told.Id)).ShouldHave(("tier_asked", "hot"));

        using (await catalog.Client.DeleteAsync(new Uri($"/calls/{told.CallId}/legal-hold", UriKind.Relative)))
        {
            await SweepAsync();
        }

        (await catalog.RowAsync("recording_retention", "recording_id", told.Id)).ShouldHave(("tier_asked", "cool"), ("tier_answered_at", null));
    }

    [Fact]
    public async Task Hold_OneRecordingIsGoingAndAnotherFailedTo_KeepsWhatIsNotGoing()
    {
        await using var archiver = await ArchiverAsked.StartAsync(catalog);
        var going = new Told { AssistantId = _assistant };
        var failed = new Told { AssistantId = _assistant, CallId = going.CallId };
        await catalog.TellAsync(going.Archived(), failed.Archived());
        await DeleteAsync(going.CallId, going.Id);
        await DeleteAsync(failed.CallId, failed.Id);
        await catalog.TellAsync(ArchiverAsked.Failed(await archiver.DeletionAsync(failed.CallId, failed.Id)));

        (await BeingDeletedAsync(going.CallId)).ShouldBe([going.Id]);

        (await ProblemAsync(HttpMethod.Delete, Route(failed), HttpStatusCode.Conflict)).ShouldContain("legal hold");
    }

    [Fact]
    public async Task Delete_ThatFailed_IsPlayedUntilItIsAskedForAgain()
    {
        await using var archiver = await ArchiverAsked.StartAsync(catalog);
        var told = new Told { AssistantId = _assistant };
        var archived = told.Archived(fileSize: 7);
        var path = Path.Combine(catalog.ObjectsDirectory, archived.ObjectKey);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, "1234567"u8.ToArray(), TestContext.Current.CancellationToken);
        await catalog.TellAsync(archived);
        await DeleteAsync(told.CallId, told.Id);
        (await ProblemAsync(HttpMethod.Get, $"{Route(told)}/play", HttpStatusCode.NotFound)).ShouldContain("is being deleted");
        var asked = await archiver.DeletionAsync(told.CallId, told.Id);

        await catalog.TellAsync(ArchiverAsked.Failed(asked));
        (await catalog.Client.GetStringAsync(new Uri($"{Route(told)}/play", UriKind.Relative), TestContext.Current.CancellationToken)).ShouldBe("1234567");

        await DeleteAsync(told.CallId, told.Id);
        await catalog.TellAsync(ArchiverAsked.Failed(asked));
        (await ProblemAsync(HttpMethod.Get, $"{Route(told)}/play", HttpStatusCode.NotFound)).ShouldContain("is being deleted");
    }

    [Fact]
    public async Task Sweep_OneRecordingCannotBeDecided_TheOthersAre()
    {
        var broken = new Told { AssistantId = _assistant };
        var whole = new Told { AssistantId = _assistant };
        await SetPolicyAsync(new Dictionary<string, object> { ["default"] = new { delete_after_days = LongOver } });
        await catalog.TellAsync(broken.Archived() with { EndedAt = Told.Start.AddDays(-1) }, whole.Archived());
        await using (var command = catalog.Database.CreateCommand(
            $"""
            create function catalog.refuse_{broken.Id:N}() returns trigger language plpgsql as $$ begin raise exception 'of a test'; end $$;
            create trigger refuse_{broken.Id:N} before insert on catalog.recording_deletions
                for each row when (new.recording_id = '{broken.Id}') execute function catalog.refuse_{broken.Id:N}();
            """))
        {
            await command.ExecuteNonQueryAsync();
        }

        await SweepAsync();

        (await catalog.RowAsync("recording_deletions", "recording_id", broken.Id)).ShouldBeNull();
        (await catalog.RowAsync("recording_deletions", "recording_id", whole.Id)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Hold_UntilItIsLifted_StopsDeletionAndTiers()
    {
        await using var archiver = await ArchiverAsked.StartAsync(catalog);
        var told = new Told { AssistantId = _assistant };
        await SetPolicyAsync(new Dictionary<string, object> { ["default"] = new { delete_after_days = LongOver }, ["user"] = new { cool_after_days = LongOver } });
        await catalog.TellAsync(told.CallStarted(), told.Archived());
        (await HoldAsync(told.CallId)).ShouldBe(HttpStatusCode.OK);

        await SweepAsync();

        (await catalog.RowAsync("recording_deletions", "call_id", told.CallId)).ShouldBeNull();
        (await ProblemAsync(HttpMethod.Delete, Route(told), HttpStatusCode.Conflict)).ShouldContain("legal hold");
        var call = await catalog.Client.GetFromJsonAsync<JsonObject>(new Uri($"/calls/{told.CallId}", UriKind.Relative));
        call!["legal_hold"].ShouldHave(("reason", "Case 7"));
        var plan = (await PlanAsync())["due"]!.AsArray().Single(due => due!["assistant_id"]?.GetValue<string>() == _assistant);
        plan.ShouldHave(("action", "delete"), ("recording_type", "mixed"), ("recordings", 1), ("held", 1), ("bytes", 960_684));

        using (var lifted = await catalog.Client.DeleteAsync(new Uri($"/calls/{told.CallId}/legal-hold", UriKind.Relative)))
        {
            lifted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        await SweepAsync();
        await archiver.DeletionAsync(told.CallId, told.Id);
        (await BeingDeletedAsync(told.CallId)).ShouldBe([told.Id]);
        (await EventsAsync(told.CallId)).ShouldBe(["legal_hold_placed", "legal_hold_lifted", "deletion_requested", "legal_hold_placed"]);
    }

    [Fact]
    public async Task Hold_AtTheInstantOfASweep_EitherStopsItOrNamesWhatGoes()
    {
        await SetPolicyAsync(new Dictionary<string, object> { ["default"] = new { delete_after_days = LongOver } });
        var calls = Enumerable.Range(0, 40).Select(_ => new Told { AssistantId = _assistant }).ToArray();
        await catalog.TellAtOnceAsync(calls.Select(told => told.Archived()));

        var sweeps = Task.WhenAll(SweepAsync(), SweepAsync());
        var holds = await Task.WhenAll(calls.Reverse().Select(told => BeingDeletedAsync(told.CallId)));
        await sweeps;

        foreach (var (told, hold) in calls.Reverse().Zip(holds))
        {
            hold.ShouldBe(await catalog.RowAsync("recording_deletions", "call_id", told.CallId) is null ? [] : [told.Id]);
        }
    }

    [Fact]
    public async Task Delete_ObjectThatTheMixShows_WaitsForTheMix()
    {
        await using var archiver = await ArchiverAsked.StartAsync(catalog);
        var call = new ToldCall();
        await SetPolicyAsync(new { provider = new { delete_after_days = LongOver } });
        await catalog.TellAsync([call.CallStarted(), .. call.Stream(), call.OfferReady() with { AssistantId = _assistant }, call.OfferArchived() with { AssistantId = _assistant }, call.CallEnded()]);
        (await catalog.RecordingAsync(call.Local("mixed"))).ShouldHave(("recording_sid", "RE1"));

        await SweepAsync();
        (await catalog.RowAsync("recording_deletions", "call_id", call.CallId)).ShouldBeNull();
        (await ProblemAsync(HttpMethod.Delete, $"/calls/{call.CallId}/recording/{call.Offer()}", HttpStatusCode.Conflict)).ShouldContain("delete the mix first");

        await DeleteAsync(call.CallId, call.Local("mixed"));
        var mix = await archiver.DeletionAsync(call.CallId, call.Local("mixed"));
        mix.ProviderRecordingId.ShouldBeNull();
        await SweepAsync();
        archiver.Deletions(call.CallId).ShouldHaveSingleItem();

        await catalog.TellAsync(ArchiverAsked.Deleted(mix));
        (await catalog.RecordingAsync(call.Local("mixed"))).ShouldHave(("status", "deleted"), ("s3_key", null), ("sha256", Told.Sha256));
        (await catalog.RowAsync("recording_usage", "recording_id", call.Local("mixed"))).ShouldHave(("object_bytes", null), ("counted_bytes", null));

        await SweepAsync();
        var provider = await archiver.DeletionAsync(call.CallId, call.Offer());
        provider.ProviderRecordingId.ShouldBe("RE1");
        await catalog.TellAsync(ArchiverAsked.Deleted(provider));
        (await catalog.RecordingAsync(call.Offer())).ShouldHave(("status", "deleted"), ("s3_key", null));
        (await catalog.RecordingAsync(call.Local("user"))).ShouldHave(("status", "completed"));
    }

    [Fact]
    public async Task Delete_RowThatStandsForAMix_IsATombstoneAtOnce()
    {
        await using var archiver = await ArchiverAsked.StartAsync(catalog);
        var call = new ToldCall();
        await catalog.TellAsync(call.CallStarted(), call.CallEnded(), call.OfferArchived());

        await DeleteAsync(call.CallId, call.StandIn());

        (await catalog.RecordingAsync(call.StandIn())).ShouldHave(("status", "deleted"), ("s3_key", null), ("sha256", ToldCall.ProviderSha256), ("duration_ms", 30_100));
        await catalog.TellAsync(call.OfferArchived(), call.CallEnded());
        (await catalog.RecordingAsync(call.StandIn())).ShouldHave(("status", "deleted"));

        // Nothing shows the provider's object any more.
        await DeleteAsync(call.CallId, call.Offer());
        await archiver.DeletionAsync(call.CallId, call.Offer());
        archiver.Deletions(call.CallId).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Delete_MixOfACallWhoseProvidersRecordingIsGoing_DoesNotShowIt()
    {
        var call = new ToldCall();
        await catalog.TellAsync(call.CallStarted(), call.Started("mixed"), call.OfferArchived());
        await DeleteAsync(call.CallId, call.Offer());

        await catalog.TellAsync([.. call.Stream(), call.CallEnded()]);

        (await catalog.RecordingAsync(call.Local("mixed"))).ShouldHave(("recording_sid", null), ("sha256", Told.Sha256));
    }

    [Fact]
    public async Task Delete_ThatFailed_IsAskedForAgainUnderAnotherId()
    {
        await using var archiver = await ArchiverAsked.StartAsync(catalog);
        var told = new Told { AssistantId = _assistant };
        await catalog.TellAsync(told.Archived());
        var first = await DeleteAsync(told.CallId, told.Id);
        (await DeleteAsync(told.CallId, told.Id)).ShouldBe(first);

        var asked = await archiver.DeletionAsync(told.CallId, told.Id);
        await catalog.TellAsync(ArchiverAsked.Failed(asked), ArchiverAsked.Failed(asked));
        (await PlanAsync())["deletions_failed"]!.GetValue<long>().ShouldBeGreaterThan(0);
        await SweepAsync();
        archiver.Deletions(told.CallId).ShouldHaveSingleItem();

        var second = await DeleteAsync(told.CallId, told.Id);
        second.ShouldNotBe(first);
        await Eventually.BecomesTrueAsync(() => archiver.Deletions(told.CallId).Any(again => again.DeletionId == second));

        // What the first came to at last does not count for the second.
        await catalog.TellAsync(ArchiverAsked.Failed(asked));
        (await catalog.RowAsync("recording_deletions", "recording_id", told.Id)).ShouldHave(("answered_at", null), ("failure", null));
        (await EventsAsync(told.CallId)).ShouldBe(["deletion_requested", "deletion_failed", "deletion_requested"]);
    }

    [Fact]
    public async Task Delete_WhatCannotBe_IsRefusedInOneSentence()
    {
        var recording = new Told();
        var absent = new Told();
        var notSaved = new Told();
        await catalog.TellAsync(recording.Started(), absent.Failed("absent"), notSaved.Captured() with { AutoSave = false });

        (await ProblemAsync(HttpMethod.Delete, Route(recording), HttpStatusCode.Conflict)).ShouldContain("still recording");
        (await ProblemAsync(HttpMethod.Delete, Route(absent), HttpStatusCode.Conflict)).ShouldContain("has no audio");
        (await ProblemAsync(HttpMethod.Delete, Route(notSaved), HttpStatusCode.Conflict)).ShouldContain("as its assistant wishes");
        await ProblemAsync(HttpMethod.Delete, $"/calls/{recording.CallId}/recording/{absent.Id}", HttpStatusCode.NotFound);
        await ProblemAsync(HttpMethod.Delete, $"/calls/{recording.CallId}/recording/pause", HttpStatusCode.NotFound);
        await ProblemAsync(HttpMethod.Delete, $"/calls/{recording.CallId}/legal-hold", HttpStatusCode.NotFound);
        (await HoldAsync($"CA{Guid.NewGuid():N}")).ShouldBe(HttpStatusCode.NotFound);
        (await HoldAsync(recording.CallId, reason: " ")).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Announce_WithoutAnAnswerForHours_IsRepeated()
    {
        await using var archiver = await ArchiverAsked.StartAsync(catalog);
        var told = new Told { AssistantId = _assistant };
        await catalog.TellAsync(told.Archived());
        await DeleteAsync(told.CallId, told.Id);
        await archiver.DeletionAsync(told.CallId, told.Id);
        await Eventually.BecomesTrueAsync(async () => (await catalog.RowAsync("recording_deletions", "recording_id", told.Id))!["announced_at"] is not null);

        await using (var command = catalog.Database.CreateCommand(
            "update catalog.recording_deletions set announced_at = now() - interval '7 hours' where recording_id = $1"))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = told.Id });
            await command.ExecuteNonQueryAsync();
        }

        await Eventually.BecomesTrueAsync(async () =>
            (await catalog.RowAsync("recording_deletions", "recording_id", told.Id))!["announced_at"]!.GetValue<DateTimeOffset>() > DateTimeOffset.UtcNow.AddHours(-1));
    }

    private static string Route(Told told) => $"/calls/{told.CallId}/recording/{told.Id}";

    private Task SweepAsync() => catalog.Services.GetRequiredService<RetentionSweep>().ExecuteAsync(TestContext.Current.CancellationToken);

    private async Task SetPolicyAsync(object retention)
    {
        using var answer = await catalog.Client.PutAsJsonAsync(new Uri($"/assistants/{_assistant}", UriKind.Relative), new { retention, recording_settings = new { enabled = true } });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    private async Task<Guid> DeleteAsync(string callId, Guid id)
    {
        using var answer = await catalog.Client.DeleteAsync(new Uri($"/calls/{callId}/recording/{id}", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["deletion_id"]!.GetValue<Guid>();
    }

    private async Task<HttpStatusCode> HoldAsync(string callId, string reason = "Case 7")
    {
        using var answer = await catalog.Client.PutAsJsonAsync(new Uri($"/calls/{callId}/legal-hold", UriKind.Relative), new { reason });
        return answer.StatusCode;
    }

    /// <summary>Places a hold; what it came too late for.</summary>
    private async Task<Guid[]> BeingDeletedAsync(string callId)
    {
        using var answer = await catalog.Client.PutAsJsonAsync(new Uri($"/calls/{callId}/legal-hold", UriKind.Relative), new { reason = "Case 8" });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var hold = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        hold.ShouldHave(("reason", "Case 8"));
        return [.. hold["being_deleted"]!.AsArray().Select(id => id!.GetValue<Guid>())];
    }

    private async Task<JsonObject> PlanAsync() => (await catalog.Client.GetFromJsonAsync<JsonObject>(new Uri("/retention?limit=1000", UriKind.Relative)))!;

    private async Task<string> ProblemAsync(HttpMethod method, string route, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(method, new Uri(route, UriKind.Relative));
        using var answer = await catalog.Client.SendAsync(request);
        answer.StatusCode.ShouldBe(status, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!.GetValue<string>();
    }

    private async Task<string[]> EventsAsync(string callId)
    {
        await using var command = catalog.Database.CreateCommand(
            "select coalesce(array_agg(event order by id), '{}') from catalog.recording_events where call_id = $1 and event not in ('upgraded', 'missing', 'complete', 'listed', 'read', 'played', 'downloaded')");
        command.Parameters.Add(new NpgsqlParameter { Value = callId });
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Acts upon its policies, when a test says so. Calls are judged soon after their end.</summary>
    public sealed class ActingHost : CatalogHost
    {
        protected override Task<Dictionary<string, string>> SettingsAsync() =>
            Task.FromResult(new Dictionary<string, string> { ["BURQI_RETENTION"] = "on", ["BURQI_COMPLETENESS_MINUTES"] = "0.01" });
    }
}
