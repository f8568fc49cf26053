using System.CommandLine;
using System.Globalization;
using Burqi.Cli.Api;
using Spectre.Console;

namespace Burqi.Cli.Reconcile;

/// <summary><c>burqi reconcile</c>: has a running Burqi look for recordings that the provider has and that never reached it.</summary>
internal sealed class ReconcileCommand
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // So long a replica that was killed takes to come back, or a load balancer to leave it out.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ApiOptions _api = new();

    private readonly Option<string> _provider = new("--provider") { Description = "Whose recordings: twilio.", DefaultValueFactory = _ => "twilio" };

    private readonly Option<string> _from = new("--from") { Description = "From when on: a day in UTC (2026-03-01) or a time (2026-03-01T09:30:00Z).", Required = true };

    private readonly Option<string?> _to = new("--to") { Description = "Until when: a day, which is meant with all its hours, or a time. Default: now." };

    public static Command Create()
    {
        var reconcile = new ReconcileCommand();
        var command = new Command("reconcile", "Looks for recordings that the provider has and that never reached Burqi, creates them, and says what was missing.")
        {
            reconcile._provider, reconcile._from, reconcile._to,
        };
        reconcile._api.AddTo(command);
        command.SetAction(reconcile.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            using var api = _api.Open(parsed);
            var asked = await api.PostAsync(
                "/reconciliations",
                new ReconciliationQuestion(parsed.GetRequiredValue(_provider), parsed.GetRequiredValue(_from), parsed.GetValue(_to)),
                ReconciliationJsonContext.Default.ReconciliationQuestion,
                ReconciliationJsonContext.Default.ReconciliationAnswer,
                cancellationToken);
            var answer = await WaitAsync(api, asked, Patience, cancellationToken);
            Report(answer);
            return (answer.Status, answer.Counts.Missing) switch
            {
                ("completed", 0) => ExitCodes.Good,
                ("completed", _) => ExitCodes.Findings,
                _ => ExitCodes.Usage,
            };
        }
        catch (ApiException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Burqi goes on with it: GET /reconciliations shows what comes of it.");
            return ExitCodes.Interrupted;
        }
    }

    /// <summary>Asks until the run has ended; a Burqi that is away for no longer than <paramref name="patience"/> is waited for.</summary>
    /// <exception cref="ApiException">It was away for longer, or says something else than how the run is.</exception>
    internal static Task<ReconciliationAnswer> WaitAsync(BurqiApi api, ReconciliationAnswer asked, TimeSpan patience, CancellationToken cancellationToken) => AnsiConsole.Status().StartAsync(
        "Waiting for Burqi",
        async status =>
        {
            var pause = FirstPause;
            var answer = asked;
            var answered = TimeProvider.System.GetTimestamp();
            while (answer.Status == "running")
            {
                await Task.Delay(pause, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                try
                {
                    answer = await api.GetAsync($"/reconciliations/{asked.Id}", ReconciliationJsonContext.Default.ReconciliationAnswer, cancellationToken);
                    answered = TimeProvider.System.GetTimestamp();
                }
                catch (ApiException exception) when (exception.Status is null or >= 500 && TimeProvider.System.GetElapsedTime(answered) < patience)
                {
                    // The run is taken over by another replica, or by this one when it is back.
                    status.Status("Burqi does not answer at the moment");
                    continue;
                }

                status.Status(answer.StartedAt is null ? "Waiting for another reconciliation to end" : $"Looked at {answer.Counts.Listed} recordings, {answer.Counts.Missing} missing");
            }

            return answer;
        });

    private static void Report(ReconciliationAnswer answer)
    {
        if (answer.Missing.Count > 0)
        {
            var table = new Table().AddColumns("Call", "Recording", "Began (UTC)", "Length", "At the provider", "Why it matters");
            foreach (var missing in answer.Missing)
            {
                table.AddRow(
                    Markup.Escape(missing.CallId),
                    Markup.Escape(missing.RecordingSid),
                    missing.StartedAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "",
                    missing.DurationMs is { } duration ? TimeSpan.FromMilliseconds(duration).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : "",
                    Markup.Escape(missing.Status),
                    Markup.Escape(missing.Why));
            }

            AnsiConsole.Write(table);
            if (answer.MissingNotShown > 0)
            {
                Console.Out.WriteLine($"and {answer.MissingNotShown} more.");
            }
        }

        foreach (var account in answer.Accounts.Where(account => account.Error is not null))
        {
            Console.Error.WriteLine($"Account {account.AccountId} ({account.Credentials}), after {account.Pages} pages: {account.Error}");
        }

        foreach (var account in answer.Accounts.Where(account => account.Note is not null))
        {
            Console.Error.WriteLine($"Not looked through, the account of the credentials {account.Credentials}: {account.Note}");
        }

        var counts = answer.Counts;
        Console.Out.WriteLine(
            $"{answer.From.UtcDateTime:yyyy-MM-dd HH:mm:ss} to {answer.To.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: {counts.Listed} recordings, {counts.Known} known, "
            + $"{counts.Missing} missing and now created, {counts.InProgress} still being made{(counts.Unreadable > 0 ? $", {counts.Unreadable} entries not understood" : "")}.");
        if (answer.Status != "completed")
        {
            Console.Error.WriteLine($"It did not come to its end: {answer.Error}");
        }
    }
}
