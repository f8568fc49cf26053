using System.CommandLine;
using System.Globalization;
using Burqi.Cli.Api;
using Burqi.Cli.Output;
using Burqi.Media;
using Burqi.Media.Cleanup;
using Burqi.Media.Spool;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace Burqi.Cli.Cleanup;

/// <summary><c>burqi cleanup</c>: removes from a recordings folder what lies in the store, beside a running media node or without one.</summary>
internal sealed class CleanupCommand
{
    private const string FolderVariable = "BURQI_RECORDINGS_DIR";

    private readonly ApiOptions _api = new();

    private readonly Option<string> _olderThan = new("--older-than") { Description = "How long ago a recording must have ended: 30d, 12h, 90m, 2w.", HelpName = "AGE", Required = true };

    private readonly Option<string?> _recordings = new("--recordings") { Description = $"The recordings folder. Default: {FolderVariable}, else recordings.", HelpName = "DIR" };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Say what would be removed, and remove nothing." };

    private readonly Option<bool> _force = new("--force") { Description = "Remove also what is not known to be archived. It is lost if it is not." };

    private readonly Option<bool> _yes = new("--yes") { Description = "Do not ask before something is removed by force." };

    public static Command Create()
    {
        var cleanup = new CleanupCommand();
        var command = new Command("cleanup", "Removes the files of archived recordings from a recordings folder. Archived is what the media node was told of; with --url or --key Burqi is asked about the rest. What is neither stays.")
        {
            cleanup._olderThan, cleanup._recordings, cleanup._dryRun, cleanup._force, cleanup._yes,
        };
        cleanup._api.AddTo(command);
        command.SetAction(cleanup.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var folder = parsed.GetValue(_recordings) ?? (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } known ? known : "recordings");
        if (Age.Parse(parsed.GetRequiredValue(_olderThan)) is not { } age)
        {
            await Console.Error.WriteLineAsync($"--older-than is '{parsed.GetRequiredValue(_olderThan)}': give a number of weeks, days, hours or minutes, such as 2w, 30d, 12h, 90m.");
            return ExitCodes.Usage;
        }

        if (!Directory.Exists(folder))
        {
            await Console.Error.WriteLineAsync($"There is no folder '{folder}': name it with --recordings, or set {FolderVariable}.");
            return ExitCodes.Usage;
        }

        var results = new List<CleanupResult>();
        var dryRun = parsed.GetValue(_dryRun);
        try
        {
            var store = new ManifestStore(Options.Create(new MediaOptions { RecordingsDir = folder }));
            using var editor = new ManifestEditor(store, TimeProvider.System);
            using var api = _api.AreGiven(parsed) ? _api.Open(parsed) : null;
            var files = new LocalFiles(store, editor, TimeProvider.System);
            var question = api is null ? null : new ArchiveQuestion(api);
            var before = TimeProvider.System.GetUtcNow() - age;
            var force = parsed.GetValue(_force);
            var manifests = store.Enumerate().Order(StringComparer.Ordinal).ToList();
            if (force && !dryRun && !parsed.GetValue(_yes))
            {
                var preview = await LookAsync(new FolderCleanup(store, files, question, before) { Force = true }, manifests, [], cancellationToken);
                if (await RefusesAsync(preview, cancellationToken))
                {
                    return ExitCodes.Usage;
                }
            }

            await LookAsync(new FolderCleanup(store, files, question, before) { Force = force, Removes = !dryRun }, manifests, results, cancellationToken);
            Report(results, dryRun);
            return results.Exists(result => result.Outcome == CleanupOutcome.Kept) ? ExitCodes.Findings : ExitCodes.Good;
        }
        catch (ApiException exception)
        {
            Report(results, dryRun);
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException)
        {
            Report(results, dryRun);
            return ExitCodes.Interrupted;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Report(results, dryRun);
            await Console.Error.WriteLineAsync($"'{folder}' cannot be read: {exception.Message}");
            return ExitCodes.Usage;
        }
    }

    private static async Task<List<CleanupResult>> LookAsync(FolderCleanup cleanup, IReadOnlyList<string> manifests, List<CleanupResult> results, CancellationToken cancellationToken)
    {
        await FileProgress.ForEachAsync(
            AnsiConsole.Console,
            cleanup.Removes ? "Cleaning up" : "Looking at",
            manifests,
            async manifest =>
            {
                var found = await cleanup.HandleAsync(manifest, cancellationToken);
                results.AddRange(found);
                return found.Count;
            },
            cancellationToken);
        return results;
    }

    /// <summary>Whether somebody does not want what is not archived to be removed.</summary>
    private static async Task<bool> RefusesAsync(List<CleanupResult> preview, CancellationToken cancellationToken)
    {
        var lost = preview.Where(result => result.Outcome == CleanupOutcome.Forced).ToList();
        if (lost.Count == 0)
        {
            return false;
        }

        var what = $"{lost.Count} recordings ({ByteSize.Text(lost.Sum(result => result.Bytes))}) are not known to be archived, and would be lost.";
        if (Console.IsInputRedirected)
        {
            await Console.Error.WriteLineAsync($"{what} Nothing was removed: give --yes as well, or look at them with --dry-run.");
            return true;
        }

        return !await new ConfirmationPrompt(Markup.Escape($"{what} Remove them?")) { DefaultValue = false }.ShowAsync(AnsiConsole.Console, cancellationToken);
    }

    private static void Report(List<CleanupResult> results, bool dryRun)
    {
        foreach (var result in results.Where(result => result.Outcome != CleanupOutcome.Young))
        {
            var verb = result.Outcome == CleanupOutcome.Kept ? "kept" : dryRun ? "would remove" : "removed";
            Console.Out.WriteLine($"{verb.PadRight(dryRun ? 12 : 7)}  {ByteSize.Text(result.Bytes),10}  {result.Path}  {(result.Outcome == CleanupOutcome.Forced ? "by force: " : "")}{result.Why}");
        }

        var gone = results.Where(result => result.Outcome is CleanupOutcome.Archived or CleanupOutcome.Forced).ToList();
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{gone.Count} recordings {(dryRun ? "would be removed" : "removed")}, {ByteSize.Text(gone.Sum(result => result.Bytes))}; {results.Count(result => result.Outcome == CleanupOutcome.Kept)} kept although they are old enough; {results.Count(result => result.Outcome == CleanupOutcome.Young)} are not."));
    }
}
