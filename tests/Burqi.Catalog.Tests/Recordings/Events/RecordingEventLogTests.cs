using System.Text.Json.Nodes;
using Burqi.Catalog.Calls.Get;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Tests.Fixtures;
using Npgsql;

namespace Burqi.Catalog.Tests.Recordings.Events;

public sealed class RecordingEventLogTests(CatalogHost catalog)
{
    [Fact]
    public async Task Append_InATransaction_IsWrittenWithItOrNotAtAll()
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted());
        await using var connection = await catalog.Database.OpenConnectionAsync();
        foreach (var isKept in (bool[])[false, true])
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await AppendAsync(connection, told, new() { ["kept"] = isKept });
            if (isKept)
            {
                await transaction.CommitAsync();
            }
        }

        var shown = (await EventsAsync(told)).ShouldHaveSingleItem();
        shown!.AsObject().Select(property => property.Key).ShouldBe(["at", "event", "recording_id", "actor", "details"]);
        shown.ShouldHave(("event", "missing"), ("recording_id", told.Id.ToString()), ("actor", "somebody"));
        shown["details"].ShouldHave(("kept", true));
    }

    [Theory]
    [InlineData("update catalog.recording_events set event = 'other'")]
    [InlineData("update catalog.recording_events set event = 'other' where false")]
    [InlineData("delete from catalog.recording_events")]
    [InlineData("truncate catalog.recording_events")]
    public async Task Change_OfAnything_IsRefusedByTheDatabase(string sql)
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted());
        await using (var connection = await catalog.Database.OpenConnectionAsync())
        {
            await AppendAsync(connection, told, []);
        }

        await using var command = catalog.Database.CreateCommand(sql);
        var refusal = await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync());

        refusal.MessageText.ShouldContain("is refused: it is appended to and never changed");
        (await EventsAsync(told)).ShouldHaveSingleItem().ShouldHave(("event", "missing"));
    }

    [Fact]
    public async Task GetCall_MoreEventsThanAreShown_ShowsTheLatestInTheirOrder()
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted());
        await using (var connection = await catalog.Database.OpenConnectionAsync())
        {
            for (var number = 1; number <= GetCallQuery.MostEvents + 3; number++)
            {
                await AppendAsync(connection, told, new() { ["number"] = number });
            }
        }

        (await EventsAsync(told)).Select(shown => shown!["details"]!["number"]!.GetValue<int>()).ShouldBe(Enumerable.Range(4, GetCallQuery.MostEvents));
    }

    private static Task AppendAsync(NpgsqlConnection connection, Told told, JsonObject details) => RecordingEventLog.AppendAsync(
        connection, RecordingEventNames.Missing, told.CallId, told.Id, "somebody", details, TestContext.Current.CancellationToken);

    private async Task<JsonArray> EventsAsync(Told told) =>
        JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri($"/calls/{told.CallId}", UriKind.Relative)))!["events"]!.AsArray();
}
