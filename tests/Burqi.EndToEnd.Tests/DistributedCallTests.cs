using System.Net;
using Amazon.S3.Model;
using Burqi.EndToEnd.Tests.Stack;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Testing;
using Npgsql;

namespace Burqi.EndToEnd.Tests;

/// <summary>A two-party call through every service as a process of its own, on RabbitMQ, PostgreSQL and S3.</summary>
[Collection(DistributedCollection.Name)]
public sealed class DistributedCallTests(DistributedStack stack) : IDisposable
{
    private readonly HttpClient api = stack.CreateApiClient();

    [Fact]
    public async Task Call_OfTwoParties_IsArchivedSampleForSample()
    {
        var call = await stack.Twilio.PlaceCallAsync(TwoPartyCall.Of(AudioSource.Speech("caller"), AudioSource.Speech("callee")));

        call.Errors.ShouldBeEmpty();
        var rows = await Evidence.FourCompletedAsync(api, call.CallSid);
        var (user, assistant, mixed) = Evidence.Expected(call);
        user.Length.ShouldBeGreaterThan(30 * 8000);
        assistant.ShouldContain(sample => sample > 1000, "the dialled party was heard");
        (await Evidence.SamplesAsync(api, call.CallSid, rows["user"])).ShouldHold(user);
        (await Evidence.SamplesAsync(api, call.CallSid, rows["assistant"])).ShouldHold(assistant);
        Evidence.MixOfOurs(stack.RecordingsFolder, call.CallSid).ShouldHold(mixed);
        rows["mixed"].Says("local_duration_ms").ShouldBe($"{user.Length / 8}");

        var recording = call.Recordings.ShouldHaveSingleItem();
        rows["provider"].RecordingSid.ShouldBe(recording.RecordingSid);
        (await Evidence.SamplesAsync(api, call.CallSid, rows["provider"])).ShouldBe(Evidence.ReadWav(recording.ToWav(2)));
        rows.ShouldBeUpgraded();
        (await Evidence.SamplesAsync(api, call.CallSid, rows["mixed"])).ShouldBe(Evidence.ReadWav(recording.ToWav(2)));
    }

    [Fact]
    public async Task Call_Archived_LeavesOneObjectPerRecordingInTheBucket()
    {
        var call = await stack.Twilio.PlaceCallAsync(ShortCall());

        var rows = await Evidence.FourCompletedAsync(api, call.CallSid);
        await Eventually.BecomesTrueAsync(async () => (await ObjectKeysAsync(call.CallSid)).Count == 6, description: "the provider's two channels as well");
        var keys = await ObjectKeysAsync(call.CallSid);
        var split = rows["provider"].OwnObjectKey[..^".wav".Length];
        keys.ShouldBe([.. rows.Values.Select(row => row.OwnObjectKey), $"{split}_user.wav", $"{split}_assistant.wav"], ignoreOrder: true);
        keys.ShouldAllBe(key => key.StartsWith($"recordings/{call.StartedAt:yyyy/MM/dd}/{call.CallSid}/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_WithFaultsOnEverySide_EndsAsTheSameFourRows()
    {
        var call = await stack.Twilio.PlaceCallAsync(ShortCall() with
        {
            Media = new MediaFaults { Duplicated = 0.1, Reordered = 0.1, Jittered = 0.05, InboundOffset = 20, OutboundOffset = 60 },
            Callbacks =
            [
                new CallbackFault { Kind = CallbackFaultKind.Repeated, Times = 2 },
                new CallbackFault { Kind = CallbackFaultKind.Reordered, About = "recording", Event = "in-progress" },
                new CallbackFault { Kind = CallbackFaultKind.Late, About = "call" },
            ],
        });

        var rows = await Evidence.FourCompletedAsync(api, call.CallSid);
        var (user, assistant, _) = Evidence.Expected(call);
        (await Evidence.SamplesAsync(api, call.CallSid, rows["user"])).ShouldHold(user);
        (await Evidence.SamplesAsync(api, call.CallSid, rows["assistant"])).ShouldHold(assistant);
        await Eventually.BecomesTrueAsync(async () => (await ObjectKeysAsync(call.CallSid)).Count == 6, description: "the four recordings, and the provider's two channels");
        (await CallStatusAsync(call.CallSid)).ShouldBe("completed");
    }

    [Fact]
    public async Task Webhooks_BadlySigned_AreRefusedAndLeaveNoRow()
    {
        var call = await stack.Twilio.PlaceCallAsync(ShortCall() with { Callbacks = [new CallbackFault { Kind = CallbackFaultKind.BadlySigned, About = "recording" }] });

        call.ExchangesOf("recording").ShouldNotBeEmpty();
        call.ExchangesOf("recording").ShouldAllBe(exchange => exchange.Attempts.All(attempt => attempt.StatusCode == 403));
        await Eventually.BecomesTrueAsync(async () => (await Evidence.RecordingsOfAsync(api, call.CallSid)).Count(row => row.Status == "completed") == 3);
        (await Evidence.RecordingsOfAsync(api, call.CallSid)).ShouldNotContain(row => row.Type == "provider");
    }

    [Fact]
    public async Task Call_FromWebhookToRow_IsOneTrace()
    {
        var call = await stack.Twilio.PlaceCallAsync(ShortCall());
        await Evidence.FourCompletedAsync(api, call.CallSid);

        // The job rows tell which traces the recordings belong to: the three of the stream are in the voice webhook's.
        var traceIds = await TraceIdsAsync(call.CallSid);
        traceIds.Count.ShouldBe(6); // the channels of the provider's own file among them
        traceIds.Distinct(StringComparer.Ordinal).Count().ShouldBeLessThanOrEqualTo(2);
        foreach (var traceId in traceIds.Distinct(StringComparer.Ordinal))
        {
            foreach (var service in new[] { "burqi-ingress", "burqi-archiver", "burqi-catalog" })
            {
                await Eventually.BecomesTrueAsync(() => stack.Traces.HasSpan(service, traceId), description: $"{service} exported a span of trace {traceId}");
            }
        }
    }

    [Fact]
    public async Task Routes_OfLaterWork_AreAbsent()
    {
        foreach (var (route, service) in new[]
        {
            ("/api/events", stack.Ingress), ("/api/callbacks", stack.Ingress),
            ("/livekit/webhook", stack.Ingress),
        })
        {
            using var client = new HttpClient { BaseAddress = service.Address };
            client.DefaultRequestHeaders.Authorization = new("Bearer", DistributedStack.ApiKey);
            using var get = await client.GetAsync(new Uri(route, UriKind.Relative));
            get.StatusCode.ShouldBe(HttpStatusCode.NotFound, route);
            using var post = await client.PostAsync(new Uri(route, UriKind.Relative), null);
            post.StatusCode.ShouldBe(HttpStatusCode.NotFound, route);
        }
    }

    [Fact]
    public async Task Logs_OfAWholeCall_HoldNeitherNumbersNorSecrets()
    {
        var call = await stack.Twilio.PlaceCallAsync(ShortCall() with { From = "+14255550199" });
        await Evidence.FourCompletedAsync(api, call.CallSid);

        foreach (var service in new[] { stack.Ingress, stack.Media, stack.Archiver, stack.Catalog })
        {
            var log = service.Log;
            log.ShouldNotBeEmpty();
            foreach (var secret in new[] { "4255550199", "8005551212", stack.Twilio.Options.AuthToken, DistributedStack.ApiKey, stack.Bucket.Server.SecretKey, "sig=" })
            {
                log.ShouldNotContain(secret);
            }
        }
    }

    public void Dispose() => api.Dispose();

    private static CallScript ShortCall() => TwoPartyCall.Of(TimeSpan.FromSeconds(4));

    private async Task<List<string>> ObjectKeysAsync(string callSid)
    {
        using var client = stack.Bucket.Server.CreateClient();
        var listing = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = stack.Bucket.Name });
        return [.. (listing.S3Objects ?? []).Select(found => found.Key).Where(key => key.Contains(callSid, StringComparison.Ordinal))];
    }

    private async Task<string> CallStatusAsync(string callSid)
    {
        await using var command = stack.Database.CreateCommand("select status from catalog.calls where call_id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = callSid });
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private async Task<List<string>> TraceIdsAsync(string callSid)
    {
        await using var command = stack.Database.CreateCommand("select traceparent from archiver.jobs where step <> 'waveform' and call_id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = callSid });
        await using var reader = await command.ExecuteReaderAsync();
        var traceIds = new List<string>();
        while (await reader.ReadAsync())
        {
            traceIds.Add(reader.GetString(0).Split('-')[1]);
        }

        return traceIds;
    }
}
