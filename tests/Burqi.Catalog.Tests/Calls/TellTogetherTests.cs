using Burqi.Catalog.Calls.Track;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Burqi.Catalog.Tests.Calls;

/// <summary>Messages that are written together each have an outcome of their own.</summary>
public sealed class TellTogetherTests(CatalogHost catalog)
{
    private readonly string run = Guid.NewGuid().ToString("N");

    private TellTogetherCommand Together => catalog.Services.GetRequiredService<TellTogetherCommand>();

    [Fact]
    public async Task Execute_ManyAtOnce_AreAllWritten()
    {
        // Of each call three recordings, of each recording its statuses in any order, and what is told of the call itself.
        var messages = Enumerable.Range(0, 100).SelectMany(call => Enumerable.Range(0, 3).SelectMany(track => (ToldMessage[])
            [
                Recording(call, track, RecordingStatuses.Captured), Recording(call, track, RecordingStatuses.Recording), Recording(call, track, RecordingStatuses.Captured), Call(call),
            ])).ToArray();
        Random.Shared.Shuffle(messages);

        await Task.WhenAll(messages.Select(Together.ExecuteAsync));

        (await AskAsync("select count(*) from catalog.recordings where call_id like $1 and status = 'captured'")).ShouldBe(300);
        (await AskAsync("select count(*) from catalog.calls where call_id like $1")).ShouldBe(100);
        (await AskAsync("select count(*) from catalog.recording_usage where call_id like $1")).ShouldBe(300);
        (await AskAsync("select count(*) from catalog.recording_retention where call_id like $1 and is_deletable")).ShouldBe(300);
    }

    [Fact]
    public async Task Execute_SomeImpossible_FailAlone()
    {
        var good = Enumerable.Range(0, 50).Select(call => Recording(call, 0, RecordingStatuses.Captured)).ToList();
        var impossible = Recording(7, 1, RecordingStatuses.Captured, facts => facts.Column("sha256", "no checksum"));
        var nul = Recording(8, 1, RecordingStatuses.Captured, facts => facts.Column("file_path", "a\0b"));
        var taken = new ToldMessage(
            good[3].CallId, good[3].Provider, good[3].Recording! with { RecordingType = RecordingTypes.User }, good[3].Told, TestContext.Current.CancellationToken);
        await Together.ExecuteAsync(good[3]);

        var outcomes = ((ToldMessage[])[.. good.Skip(4), impossible, .. good.Take(3), nul, taken]).Select(message => (Message: message, Task: Together.ExecuteAsync(message))).ToList();
        foreach (var (message, task) in outcomes)
        {
            if (message == impossible || message == nul)
            {
                await Should.ThrowAsync<PostgresException>(() => task);
            }
            else
            {
                (await task).ShouldBe(message == taken ? null : "captured");
            }
        }

        (await AskAsync("select count(*) from catalog.recordings where call_id like $1")).ShouldBe(50);
    }

    [Fact]
    public async Task Execute_CallsHeldByAnother_OthersAreWritten()
    {
        await Together.ExecuteAsync(Recording(0, 0, RecordingStatuses.Recording));
        await using var other = await catalog.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await HoldAsync(other, $"select from catalog.recordings where call_id = '{CallId(0)}' for update");
        foreach (var call in Enumerable.Range(1, 4))
        {
            await HoldAsync(other, LockOf(call));
        }

        // More calls than there are writers.
        var held = Enumerable.Range(0, 5).SelectMany(call => (ToldMessage[])[Recording(call, 0, RecordingStatuses.Captured), Recording(call, 1, RecordingStatuses.Captured)])
            .Select(Together.ExecuteAsync).ToList();
        var others = Enumerable.Range(5, 50).Select(call => Recording(call, 0, RecordingStatuses.Captured)).Select(Together.ExecuteAsync).ToList();
        await Task.WhenAll(others).WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);

        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        var more = Enumerable.Range(0, 5).Select(call => Together.ExecuteAsync(Recording(call, 2, RecordingStatuses.Captured)));
        await Task.WhenAll(held.Concat(more)).WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);
        (await AskAsync("select count(*) from catalog.recordings where call_id like $1 and status = 'captured'")).ShouldBe(65);
    }

    [Fact]
    public async Task Execute_IdTakenByAnother_IsNotWrittenWithTheOnesWhoseItIs()
    {
        var (recording, call) = (Recording(0, 0, RecordingStatuses.Captured), Call(0));
        await Task.WhenAll(Together.ExecuteAsync(recording), Together.ExecuteAsync(call));
        await using var other = await catalog.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await HoldAsync(other, LockOf(0));

        // While one of a call is being written the others wait, and go together.
        var first = Together.ExecuteAsync(Call(0));
        await Eventually.BecomesTrueAsync(async () => await AskAsync(
            """
            select count(*) from pg_locks
            where locktype = 'advisory' and not granted
              and (classid::bigint << 32 | objid::bigint) = hashtextextended('burqi.catalog.call.' || replace(cast($1 as text), '%', '0'), 0)
            """) > 0);
        var theirs = (ToldMessage[])[Recording(0, 0, RecordingStatuses.Captured), Call(0)];
        var others = (ToldMessage[])
        [
            new(CallId(0), Providers.LiveKit, Recording: null, call.Told, call.Cancellation),
            new(CallId(0), Providers.LiveKit, recording.Recording! with { Provider = Providers.LiveKit }, recording.Told, call.Cancellation),
            new(CallId(0), Providers.Twilio, recording.Recording! with { RecordingType = RecordingTypes.User }, recording.Told, call.Cancellation),
        ];
        var (theirOutcomes, otherOutcomes) = (theirs.Select(Together.ExecuteAsync).ToList(), others.Select(Together.ExecuteAsync).ToList());
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);

        (await first).ShouldBe("in-progress");
        (await Task.WhenAll(theirOutcomes)).ShouldBe(["captured", "in-progress"]);
        (await Task.WhenAll(otherOutcomes)).ShouldBe([null, null, null]);
    }

    private string LockOf(int call) => $"select pg_advisory_xact_lock(hashtextextended('burqi.catalog.call.{CallId(call)}', 0))";

    private static async Task HoldAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private ToldMessage Recording(int call, int track, string status, Func<ToldFacts, ToldFacts>? also = null)
    {
        var facts = ToldFacts.Latest(RecordingStatus.Rank(status), Told.Start.AddSeconds(call)).Column("status", status).Column("duration_ms", 1000);
        var id = new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes($"{run}/{call}/{track}")).AsSpan(0, 16));
        return new(
            CallId(call), Providers.Twilio, new(id, CallId(call), Providers.Twilio, RecordingSources.Local, RecordingTypes.Mixed), (also?.Invoke(facts) ?? facts).ToJson(), TestContext.Current.CancellationToken);
    }

    private ToldMessage Call(int call) =>
        new(CallId(call), Providers.Twilio, Recording: null, ToldFacts.Earliest(1, Told.Start).Column("status", "in-progress").ToJson(), TestContext.Current.CancellationToken);

    private string CallId(int call) => $"{run}-{call}";

    private async Task<long> AskAsync(string sql)
    {
        await using var command = catalog.Database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = $"{run}-%" });
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
