using System.CommandLine;
using System.Globalization;
using Burqi.Cli.Api;
using Spectre.Console;

namespace Burqi.Cli.Jobs;

/// <summary><c>burqi jobs</c>: what a running Burqi's archiver has to do, and what it gave up.</summary>
internal sealed class JobsCommand
{
    private readonly ApiOptions _api = new();
    private readonly JobFilterOptions _filter = new();

    private readonly Option<string?> _status = new("--status") { Description = "Those in one state: waiting, running, completed or dead." };

    private readonly Option<int> _limit = new("--limit") { Description = "How many at most, the latest first; up to 500.", DefaultValueFactory = _ => 50 };

    private readonly Argument<string?> _maybeId = new("id") { Description = "The job.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Argument<string> _id = new("id") { Description = "The job." };

    private readonly Option<bool> _all = new("--all") { Description = "All dead jobs, or with a filter all that it names." };

    public static Command Create()
    {
        var jobs = new JobsCommand();
        var list = new Command("list", "Lists jobs.") { jobs._status, jobs._limit };
        jobs._filter.AddTo(list);
        var show = new Command("show", "Shows one job with all that is known of it.") { jobs._id };
        var retry = new Command("retry", "Has a dead job done again, with a fresh budget of time; or all dead jobs, or those that a filter names.") { jobs._maybeId, jobs._all };
        jobs._filter.AddTo(retry);
        var dismiss = new Command("dismiss", "Notes that nothing is to be done about a dead job: it is no alarm any more.") { jobs._id };
        jobs.Run(list, jobs.ListAsync);
        jobs.Run(show, jobs.ShowAsync);
        jobs.Run(retry, jobs.RetryAsync);
        jobs.Run(dismiss, jobs.DismissAsync);
        return new Command("jobs", "Shows what a running Burqi has to archive, move and delete, and has that done again which it gave up.") { list, show, retry, dismiss };
    }

    private void Run(Command command, Func<BurqiApi, ParseResult, CancellationToken, Task<int>> action)
    {
        _api.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                using var api = _api.Open(parsed);
                return await action(api, parsed, cancellationToken);
            }
            catch (ApiException exception)
            {
                await Console.Error.WriteLineAsync(exception.Message);
                return ExitCodes.Usage;
            }
            catch (OperationCanceledException)
            {
                return ExitCodes.Interrupted;
            }
        });
    }

    private async Task<int> ListAsync(BurqiApi api, ParseResult parsed, CancellationToken cancellationToken)
    {
        var query = _filter.Query(parsed, ("status", parsed.GetValue(_status)), ("limit", parsed.GetValue(_limit).ToString(CultureInfo.InvariantCulture)));
        var page = await api.GetAsync($"/archive-jobs{query}", JobJsonContext.Default.JobPageAnswer, cancellationToken);
        if (page.Items.Count == 0)
        {
            Console.Out.WriteLine("There are no such jobs.");
            return ExitCodes.Good;
        }

        var table = new Table().AddColumns("Job", "Step", "State", "Call", "Kind", "Attempts", "Since (UTC)", "What happened");
        foreach (var job in page.Items)
        {
            table.AddRow(
                Markup.Escape(job.Id),
                Markup.Escape(job.Step),
                Markup.Escape(job.DismissedAt is null ? job.Status : $"{job.Status}, dismissed"),
                Markup.Escape(job.CallId),
                Markup.Escape(job.RecordingType),
                job.Attempts.ToString(CultureInfo.InvariantCulture),
                Time(job.CreatedAt),
                Markup.Escape(job.LastError ?? job.Note ?? ""));
        }

        AnsiConsole.Write(table);
        if (page.NextCursor is not null)
        {
            Console.Out.WriteLine("There are more: narrow it down, or raise --limit.");
        }

        return page.Items.Any(job => job is { Status: "dead", DismissedAt: null }) ? ExitCodes.Findings : ExitCodes.Good;
    }

    private async Task<int> ShowAsync(BurqiApi api, ParseResult parsed, CancellationToken cancellationToken)
    {
        Show(await api.GetAsync(Path(parsed.GetRequiredValue(_id)), JobJsonContext.Default.JobAnswer, cancellationToken));
        return ExitCodes.Good;
    }

    private async Task<int> RetryAsync(BurqiApi api, ParseResult parsed, CancellationToken cancellationToken)
    {
        var meansMany = parsed.GetValue(_all) || _filter.IsGiven(parsed);
        switch (parsed.GetValue(_maybeId))
        {
            case null when meansMany:
                var many = await api.PostAsync($"/archive-jobs/retry{_filter.Query(parsed)}", JobJsonContext.Default.JobsRetriedAnswer, cancellationToken);
                Console.Out.WriteLine(many.Retried == 1 ? "1 dead job is tried again." : $"{many.Retried} dead jobs are tried again.");
                return ExitCodes.Good;

            case { } id when !meansMany:
                var job = await api.PostAsync($"{Path(id)}/retry", JobJsonContext.Default.JobAnswer, cancellationToken);
                Console.Out.WriteLine($"Job {job.Id} is tried again: step {job.Step} of recording {job.RecordingId}.");
                return ExitCodes.Good;

            default:
                await Console.Error.WriteLineAsync("Give the job's id, or a filter, or --all for all dead jobs; not two of them.");
                return ExitCodes.Usage;
        }
    }

    private async Task<int> DismissAsync(BurqiApi api, ParseResult parsed, CancellationToken cancellationToken)
    {
        var job = await api.PostAsync($"{Path(parsed.GetRequiredValue(_id))}/dismiss", JobJsonContext.Default.JobAnswer, cancellationToken);
        Console.Out.WriteLine($"Job {job.Id} is dismissed: it stays as it is, and nobody is alerted of it.");
        return ExitCodes.Good;
    }

    private static void Show(JobAnswer job)
    {
        (string Name, string? Value)[] facts =
        [
            ("job", job.Id), ("step", job.Step), ("state", job.Status), ("recording", job.RecordingId), ("kind", job.RecordingType), ("provider", job.Provider),
            ("call", job.CallId), ("provider's id", job.ProviderRecordingId), ("assistant", job.AssistantId), ("depends on", job.Destination),
            ("attempts", job.Attempts.ToString(CultureInfo.InvariantCulture)), ("last failure", job.LastFailure), ("what happened", job.LastError), ("note", job.Note),
            ("store", job.Store), ("object", job.ObjectKey), ("bytes", job.FileSize?.ToString(CultureInfo.InvariantCulture)), ("sha256", job.Sha256),
            ("asked for", Time(job.CreatedAt)), ("taken up", Time(job.TakenUpAt)), ("next attempt", Time(job.NextAttemptAt)),
            ("worker", job.LeaseOwner), ("worker's lease", Time(job.LeaseExpiresAt)), ("ended", Time(job.FinishedAt)), ("dismissed", Time(job.DismissedAt)),
        ];
        foreach (var (name, value) in facts.Where(fact => !string.IsNullOrEmpty(fact.Value)))
        {
            Console.Out.WriteLine($"{name + ":",-16}{value}");
        }
    }

    private static string Path(string id) => $"/archive-jobs/{Uri.EscapeDataString(id)}";

    private static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";
}
