using System.CommandLine;
using Burqi.Load.Archiving;
using Burqi.Load.Catalog;
using Burqi.Load.Measuring;
using Burqi.Load.Reporting;
using Burqi.Load.Servers;

namespace Burqi.Load.Commands;

/// <summary>The load generator as a program.</summary>
internal static class LoadCommands
{
    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Puts real-time calls on a media server and measures what they cost it.") { Load(), Bench(), Long(), Mp3(), Tee(), Archive(), Catalog(), Sink(), Files() };
        return root.Parse(args).InvokeAsync();
    }

    private static Option<int> Number(string name, int otherwise, string description) =>
        new(name) { DefaultValueFactory = _ => otherwise, Description = description };

    private static Command Load()
    {
        var calls = Number("--calls", 500, "Concurrent two-track calls.");
        var seconds = Number("--seconds", 60, "How long they last.");
        var server = new Option<ServerKind>("--server") { DefaultValueFactory = _ => ServerKind.Media, Description = "The program that takes them." };
        var command = new Command("load", "Concurrent calls on the recorder: no frame may be lost, every file must hold what was sent.") { calls, seconds, server };
        command.SetAction(async (parsed, _) =>
        {
            var warmUp = TimeSpan.FromSeconds(Math.Min(10, parsed.GetValue(seconds) / 2));
            var window = TimeSpan.FromSeconds(parsed.GetValue(seconds)) - warmUp;
            var result = await LoadRun.MeasureAsync(parsed.GetValue(server), parsed.GetValue(calls), warmUp, window);
            await Console.Out.WriteLineAsync(LoadReport.Describe(result));
            return result.IsWhole ? 0 : 1;
        });
        return command;
    }

    private static Command Bench()
    {
        var calls = Number("--calls", 200, "Concurrent two-track calls.");
        var seconds = Number("--seconds", 20, "How long is measured, after 10 s to warm up.");
        var repeats = Number("--repeats", 3, "How often every server is measured; they take turns.");
        var write = new Option<FileInfo?>("--write") { Description = "The page whose table is written anew." };
        var command = new Command("bench", "The recorder beside a bare endpoint and a recorder in Node.") { calls, seconds, repeats, write };
        command.SetAction(async (parsed, cancellation) =>
        {
            var results = Enum.GetValues<ServerKind>().ToDictionary(kind => kind, _ => new List<Measurement>());
            for (var repeat = 0; repeat < parsed.GetValue(repeats); repeat++)
            {
                foreach (var kind in results.Keys)
                {
                    var result = await LoadRun.MeasureAsync(kind, parsed.GetValue(calls), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
                    results[kind].Add(result);
                    await Console.Out.WriteLineAsync($"{kind,-6} {LoadReport.Line(result)}".AsMemory(), cancellation);
                }
            }

            var table = BenchReport.Table(results);
            await Console.Out.WriteLineAsync($"\n{table}".AsMemory(), cancellation);
            var tee = LoadReport.Describe(await TeeRun.MeasureAsync(50, TimeSpan.FromSeconds(parsed.GetValue(seconds))));
            await Console.Out.WriteLineAsync(tee.AsMemory(), cancellation);
            var wav = await LongCall.RunAsync(TimeSpan.FromMinutes(10));
            var mp3 = LoadReport.DescribeMp3(wav, await LongCall.RunAsync(TimeSpan.FromMinutes(10), "mp3"));
            await Console.Out.WriteLineAsync(mp3.AsMemory(), cancellation);
            var longest = LoadReport.Describe(await LongCall.RunAsync(TimeSpan.FromHours(4)));
            await Console.Out.WriteLineAsync(longest.AsMemory(), cancellation);
            var archive = await ArchiveTableAsync(parsed.GetValue(repeats));
            await Console.Out.WriteLineAsync($"\n{archive}".AsMemory(), cancellation);
            var catalog = await CatalogTableAsync(1_000_000, 5000, 100);
            await Console.Out.WriteLineAsync($"\n{catalog}".AsMemory(), cancellation);
            if (parsed.GetValue(write) is { } page)
            {
                var text = await File.ReadAllTextAsync(page.FullName, cancellation);
                text = BenchReport.Replace(text, "ratios", $"{Machine.Describe()}\n\n{table}\n\n- {tee}\n- {mp3}\n- {longest}");
                text = BenchReport.Replace(text, "archive", archive);
                await File.WriteAllTextAsync(page.FullName, BenchReport.Replace(text, "catalog", $"{Machine.Describe()}\n\n{catalog}"), cancellation);
            }

            return results[ServerKind.Media].TrueForAll(result => result.IsWhole) ? 0 : 1;
        });
        return command;
    }

    private static Command Long()
    {
        var hours = Number("--hours", 4, "How long the call is, by its timestamps.");
        var command = new Command("long", "One long call, sent much faster than it was spoken: memory must stay flat.") { hours };
        command.SetAction(async (parsed, _) =>
        {
            var result = await LongCall.RunAsync(TimeSpan.FromHours(parsed.GetValue(hours)));
            await Console.Out.WriteLineAsync(LoadReport.Describe(result));
            return result.IsWhole ? 0 : 1;
        });
        return command;
    }

    private static Command Mp3()
    {
        var minutes = Number("--minutes", 10, "How long the call is.");
        var command = new Command("mp3", "What MP3 costs: the same call recorded as MP3 and as WAV.") { minutes };
        command.SetAction(async (parsed, _) =>
        {
            var length = TimeSpan.FromMinutes(parsed.GetValue(minutes));
            var wav = await LongCall.RunAsync(length);
            var mp3 = await LongCall.RunAsync(length, "mp3");
            await Console.Out.WriteLineAsync(LoadReport.DescribeMp3(wav, mp3));
            return wav.IsWhole && mp3.IsWhole ? 0 : 1;
        });
        return command;
    }

    private static Command Tee()
    {
        var calls = Number("--calls", 50, "Concurrent two-way calls.");
        var seconds = Number("--seconds", 20, "How long is measured, each way.");
        var command = new Command("tee", "How much later an agent hears the caller through the recorder.") { calls, seconds };
        command.SetAction(async (parsed, _) =>
        {
            var result = await TeeRun.MeasureAsync(parsed.GetValue(calls), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            await Console.Out.WriteLineAsync(LoadReport.Describe(result));
            return result.Relayed.Received == result.Relayed.Sent ? 0 : 1;
        });
        return command;
    }

    private static Command Archive()
    {
        var repeats = Number("--repeats", 3, "How often both are measured; they take turns.");
        var gibibytes = Number("--gib", 0, "One file of this many GiB by the archiver alone instead: its memory must stay flat.");
        var write = new Option<FileInfo?>("--write") { Description = "The page whose table of archiving is written anew." };
        var command = new Command("archive", "The archiver beside rclone: files from an HTTP server into an S3 server.") { repeats, gibibytes, write };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(gibibytes) is var gib and > 0)
            {
                await ArchiveRun.ArchiverAsync([new($"1 file of {gib} GiB", 1, gib * 1024L * 1024 * 1024)]);
                return 0;
            }

            var table = await ArchiveTableAsync(parsed.GetValue(repeats));
            await Console.Out.WriteLineAsync(table.AsMemory(), cancellation);
            if (parsed.GetValue(write) is { } page)
            {
                await File.WriteAllTextAsync(page.FullName, BenchReport.Replace(await File.ReadAllTextAsync(page.FullName, cancellation), "archive", table), cancellation);
            }

            return 0;
        });
        return command;
    }

    private static Command Catalog()
    {
        var rows = Number("--rows", 1_000_000, "How many recordings there are.");
        var inserts = Number("--inserts", 5000, "How many calls are told of to the consumers.");
        var repeats = Number("--repeats", 100, "How often every page of every filter is asked for.");
        var write = new Option<FileInfo?>("--write") { Description = "The page whose part on the catalog is written anew." };
        var command = new Command("catalog", "The catalog with many recordings: its lists by every filter, and how fast its consumers write.") { rows, inserts, repeats, write };
        command.SetAction(async (parsed, cancellation) =>
        {
            var table = await CatalogTableAsync(parsed.GetValue(rows), parsed.GetValue(inserts), parsed.GetValue(repeats));
            await Console.Out.WriteLineAsync($"\n{table}".AsMemory(), cancellation);
            if (parsed.GetValue(write) is { } page)
            {
                var text = BenchReport.Replace(await File.ReadAllTextAsync(page.FullName, cancellation), "catalog", $"{Machine.Describe()}\n\n{table}");
                await File.WriteAllTextAsync(page.FullName, text, cancellation);
            }

            return 0;
        });
        return command;
    }

    private static async Task<string> CatalogTableAsync(int rows, int inserts, int repeats) =>
        CatalogReport.Table(await CatalogRun.MeasureAsync(rows, inserts, repeats, Console.Out.WriteLine));

    private static async Task<string> ArchiveTableAsync(int repeats)
    {
        var (archiver, rclone) = (new List<ArchiveResult>(), new List<ArchiveResult>());
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            rclone.Add(await ArchiveRun.RcloneAsync(ArchiveRun.Sets));
            archiver.Add(await ArchiveRun.ArchiverAsync(ArchiveRun.Sets));
        }

        return ArchiveReport.Table(ArchiveRun.Sets, archiver, rclone);
    }

    private static Command Files()
    {
        var port = new Argument<int>("port");
        var command = new Command("files", "Serves files of any size, out of memory.") { port };
        command.SetAction(async (parsed, _) =>
        {
            await FileServer.RunAsync(parsed.GetValue(port));
            return 0;
        });
        return command;
    }

    private static Command Sink()
    {
        var port = new Argument<int>("port");
        var command = new Command("sink", "The bare endpoint that receives everything and drops it.") { port };
        command.SetAction(async (parsed, _) =>
        {
            await SinkServer.RunAsync(parsed.GetValue(port));
            return 0;
        });
        return command;
    }
}
