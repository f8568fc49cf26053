using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Tests.Recordings.Track;

/// <summary>Whatever the order of messages and however often each comes, the row that they end in is the same.</summary>
public sealed class MessageOrderTests(CatalogHost catalog)
{
    [Fact]
    public async Task Consume_EveryOrderOfARecordingsMessages_EndsInTheSameRow()
    {
        // They contradict each other on format, rate, start and length, and none of them tells everything.
        JsonObject? expected = null;
        foreach (var order in Orders(5))
        {
            var told = new Told();
            object[] messages =
            [
                told.Started(),
                told.Captured() with { SampleRate = 16000 },
                told.ArchiveStarted(),
                told.ArchiveFailed(),
                told.Archived("k") with { Format = "mp3", DurationMs = null, FilePath = "f" },
            ];
            await catalog.TellAsync([.. order.Select(index => messages[index])]);

            var row = Comparable(await catalog.RecordingAsync(told.Id));
            expected ??= row;
            row.ToJsonString().ShouldBe(expected.ToJsonString(), $"order {string.Join(",", order)}");
        }

        expected.ShouldHave(("status", "completed"), ("format", "mp3"), ("sample_rate", 8000), ("duration_ms", 30020), ("started_at", "2026-03-01T09:30:00.128+00:00"));
    }

    [Fact]
    public async Task Consume_RandomOrdersWithDuplicates_EndInTheSameRows()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        JsonObject? expected = null;
        for (var run = 0; run < 60; run++)
        {
            var told = new Told();
            List<object> messages =
            [
                told.CallStarted(), told.CallStarted(Told.Start.AddSeconds(-2)) with { Direction = null, From = "+15005550009" },
                told.CallEnded("busy"), told.CallEnded("completed", Told.Start.AddSeconds(32), durationMs: null),
                told.Started(), told.Started(Told.Start.AddMilliseconds(300)) with { Format = "mp3" },
                told.Captured(), told.Captured() with { EndedAt = Told.Start.AddSeconds(29), FileSize = 5 }, told.ProviderReady(),
                told.Failed(), told.Failed(RecordingStatuses.Absent), told.ArchiveFailed(), told.ArchiveStarted(),
                told.Archived("k"), told.Archived("k") with { ArchivedAt = Told.Start.AddHours(1), FileSize = 7 },
            ];

            // Two of the same rank, time and kind that still differ: even these may not leave it to chance.
            messages.Add(told.Archived("l") with { ArchivedAt = Told.Start.AddHours(1), FileSize = 8 });
            messages.AddRange(random.GetItems<object>([.. messages], 10));
            var shuffled = messages.ToArray();
            random.Shuffle(shuffled);
            if (run % 2 == 0)
            {
                await catalog.TellAsync(shuffled);
            }
            else
            {
                await catalog.TellAtOnceAsync(shuffled);
            }

            var rows = new JsonObject
            {
                ["recording"] = Comparable(await catalog.RecordingAsync(told.Id)),
                ["call"] = Comparable(await catalog.CallAsync(told.CallId)),
            };
            expected ??= rows;
            rows.ToJsonString().ShouldBe(expected.ToJsonString(), $"run {run} of seed {seed}");
        }

        expected!["recording"].ShouldHave(("status", "completed"), ("s3_key", "l"), ("file_size", 8));
        expected["call"].ShouldHave(
            ("status", "busy"), ("started_at", "2026-03-01T09:29:58.123+00:00"), ("from_address", "+15005550009"), ("direction", "inbound"), ("duration_ms", 31000));
    }

    [Fact]
    public async Task Consume_ManyAtOnceForOneId_LosesNone()
    {
        var told = new Told();
        await catalog.TellAtOnceAsync(Enumerable.Range(0, 40).SelectMany(IEnumerable<object> (_) =>
            [told.Started(), told.Captured(), told.ArchiveStarted(), told.Archived("k"), told.CallStarted(), told.CallEnded()]));

        (await catalog.RecordingAsync(told.Id)).ShouldHave(("status", "completed"), ("sha256", Told.Sha256), ("s3_key", "k"));
        (await catalog.CallAsync(told.CallId)).ShouldHave(("status", "completed"), ("direction", "inbound"));
    }

    private static JsonObject Comparable(JsonObject row)
    {
        // When a call is looked at is a matter of time.
        foreach (var column in row.Select(column => column.Key).Where(name => name.StartsWith("completeness", StringComparison.Ordinal)).ToArray())
        {
            row.Remove(column);
        }

        foreach (var column in (string[])["id", "call_id", "created_at", "updated_at", "file_path", "told"])
        {
            row.Remove(column);
        }

        return (JsonObject)row.DeepClone();
    }

    private static IEnumerable<int[]> Orders(int count) => count == 0
        ? [[]]
        : Orders(count - 1).SelectMany(order => Enumerable.Range(0, count).Select(position => order.ToList()).Select((list, position) =>
        {
            list.Insert(position, count - 1);
            return list.ToArray();
        }));
}
