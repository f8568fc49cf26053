using System.Net.Http.Json;
using Burqi.EndToEnd.Tests.Stack;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Testing;
using Npgsql;

namespace Burqi.EndToEnd.Tests;

/// <summary>A call that an assistant takes: what its settings say holds through every service, for our own recordings and for the provider's.</summary>
[Collection(DistributedCollection.Name)]
public sealed class AssistantCallTests(DistributedStack stack) : IDisposable
{
    private readonly HttpClient api = stack.CreateApiClient();
    private readonly string id = $"assistant-{Guid.NewGuid():N}";

    [Fact]
    public async Task Call_OfAnAssistant_AndItsRecordings_NameIt()
    {
        await SaveAsync(new { enabled = true });

        var call = await PlaceAsync();

        await CompletedAsync(call, count: 1);
        (await RowsAsync("select assistant_id from catalog.calls where call_id = $1", call.CallSid)).ShouldBe([id]);
        (await RowsAsync("select assistant_id from catalog.recordings where call_id = $1", call.CallSid)).ShouldAllBe(assistant => assistant == id);
        (await RowsAsync("select recording_type from catalog.recordings where call_id = $1", call.CallSid)).ShouldContain("provider");
    }

    [Fact]
    public async Task Call_OfAnAssistantThatWantsNoRows_IsArchivedAndLeavesNone()
    {
        await SaveAsync(new { enabled = true, create_database_records = false });

        var call = await PlaceAsync();

        await CompletedAsync(call, count: 1);
        (await RowsAsync("select recording_type from catalog.recordings where call_id = $1", call.CallSid)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_OfAnAssistantWhoseCallsAreNotRecorded_GoesOnUnrecorded()
    {
        await SaveAsync(new { enabled = false });

        var call = await PlaceAsync();

        call.Status.ShouldBe("completed");
        call.Recordings.ShouldBeEmpty();
        await Eventually.BecomesTrueAsync(async () =>
            (await RowsAsync("select assistant_id from catalog.calls where call_id = $1 and status = 'completed'", call.CallSid)).SequenceEqual([id]));
        (await RowsAsync("select recording_type from catalog.recordings where call_id = $1", call.CallSid)).ShouldBeEmpty();
    }

    public void Dispose() => api.Dispose();

    private async Task SaveAsync(object settings)
    {
        using var answer = await api.PutAsJsonAsync(new Uri($"/assistants/{id}", UriKind.Relative), new { recording_settings = settings });
        answer.EnsureSuccessStatusCode();
        await Eventually.BecomesTrueAsync(() =>
            File.Exists(Path.Combine(stack.DataFolder("Ingress"), "assistants", id + ".json"))
            && File.Exists(Path.Combine(stack.DataFolder("Media"), "media-assistants", id + ".json")));
    }

    private Task<SimulatedCall> PlaceAsync() => stack.Twilio.PlaceCallAsync(new CallScript
    {
        VoiceUrl = new Uri(stack.PublicAddress, $"/twiml?assistant_id={id}").AbsoluteUri,
        Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(2)),
    });

    /// <summary>Waits until all the call's jobs are done, of which there are at least so many, and have been told.</summary>
    private Task CompletedAsync(SimulatedCall call, int count) => Eventually.BecomesTrueAsync(
        async () =>
        {
            var jobs = await RowsAsync("select status || case when outcome_announced_at is null then '' else ', told' end from archiver.jobs where call_id = $1", call.CallSid);
            return jobs.Count >= count && jobs.All(job => job == "completed, told");
        },
        TimeSpan.FromSeconds(60));

    private async Task<List<string?>> RowsAsync(string sql, string callSid)
    {
        await using var command = stack.Database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = callSid });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string?>();
        while (await reader.ReadAsync())
        {
            rows.Add(await reader.IsDBNullAsync(0) ? null : reader.GetString(0));
        }

        return rows;
    }
}
