using System.CommandLine;
using Burqi.Cli.Output;
using Burqi.Cli.Wav;
using Spectre.Console;

namespace Burqi.Cli.Repair;

/// <summary><c>burqi repair</c>: puts garbled and cut-off WAV files right, and touches no others.</summary>
internal sealed class RepairCommand
{
    private readonly Argument<string> _path = new("PATH") { Description = "A WAV file or a folder of them." };

    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Look into the folder's folders as well." };

    private readonly Option<bool> _backup = new("--backup") { Description = "Keep each damaged file beside the repaired one, as NAME.bak." };

    private readonly Option<string?> _output = new("--output")
    {
        Description = "Write repaired files to this folder, at the same place below it, and leave the damaged ones as they are.",
        HelpName = "DIR",
    };

    public static Command Create()
    {
        var repair = new RepairCommand();
        var command = new Command("repair", "Repairs WAV files: mu-law audio under a header that says linear samples, and lengths that are not the file's. Good files are not touched.")
        {
            repair._path, repair._recursive, repair._backup, repair._output,
        };
        command.SetAction(repair.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = parsed.GetRequiredValue(_path);
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            await Console.Error.WriteLineAsync($"There is no file or folder '{path}'.");
            return ExitCodes.Usage;
        }

        try
        {
            var files = WavFiles.Find(path, parsed.GetValue(_recursive));
            var repair = new WavRepair(new RepairTarget(
                parsed.GetValue(_backup),
                parsed.GetValue(_output) is { } folder ? Path.GetFullPath(folder) : null,
                Directory.Exists(path) ? Path.GetFullPath(path) : Path.GetDirectoryName(Path.GetFullPath(path))!));
            var results = await FileProgress.ForEachAsync(AnsiConsole.Console, "Checking", files, file => repair.RunAsync(file, cancellationToken), cancellationToken);
            Report(results);
            return results.All(result => result.Finding == Finding.Good || result.IsRepaired) ? ExitCodes.Good : ExitCodes.Findings;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"'{path}' cannot be read: {exception.Message}");
            return ExitCodes.Usage;
        }
    }

    private static void Report(IReadOnlyList<RepairResult> results)
    {
        var table = new Table().AddColumns("File", "Found", "Done");
        foreach (var result in results.Where(result => result.Finding != Finding.Good))
        {
            table.AddRow(
                Markup.Escape(result.Path),
                Words(result.Finding),
                Markup.Escape((result.IsRepaired ? "Repaired. " : "Left as it is. ") + result.Detail));
        }

        if (table.Rows.Count > 0)
        {
            AnsiConsole.Write(table);
        }

        var repaired = results.Count(result => result.IsRepaired);
        var good = results.Count(result => result.Finding == Finding.Good);
        Console.Out.WriteLine($"{results.Count} files: {good} good, {repaired} repaired, {results.Count - good - repaired} not repaired.");
    }

    private static string Words(Finding finding) => finding switch
    {
        Finding.MuLawUnderLinearHeader => "mu-law under a linear header",
        Finding.WrongLengths => "wrong lengths",
        Finding.NoHeader => "no header",
        _ => "unreadable",
    };
}
