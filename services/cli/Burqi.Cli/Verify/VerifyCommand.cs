using System.CommandLine;
using System.Globalization;
using Burqi.Cli.Output;
using Burqi.Cli.Wav;
using Spectre.Console;

namespace Burqi.Cli.Verify;

/// <summary><c>burqi verify</c>: whether recordings are whole, and as their manifests say. It changes nothing.</summary>
internal sealed class VerifyCommand
{
    private readonly Argument<string> _path = new("PATH") { Description = "A WAV file, or a folder of recordings with all below it." };

    private readonly Option<bool> _problemsOnly = new("--problems-only") { Description = "List only files with something wrong." };

    public static Command Create()
    {
        var verify = new VerifyCommand();
        var command = new Command("verify", "Checks recordings: header, length, silence, clipping, peak, and whether they are as their manifests say.")
        {
            verify._path, verify._problemsOnly,
        };
        command.SetAction(verify.RunAsync);
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
            var manifests = Directory.Exists(path)
                ? Directory.EnumerateFiles(path, "manifest_*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList()
                : [];
            var reports = new List<FileReport>(await FileProgress.ForEachAsync(
                AnsiConsole.Console, "Checking", WavFiles.Find(path, recursive: true), file => FolderVerification.CheckAsync(file, cancellationToken), cancellationToken));
            var differences = await FileProgress.ForEachAsync(
                AnsiConsole.Console, "Comparing with", manifests, manifest => FolderVerification.CompareAsync(manifest, cancellationToken), cancellationToken);
            var merged = Merge(reports, differences.SelectMany(difference => difference));
            Report(merged, parsed.GetValue(_problemsOnly), manifests.Count);
            return merged.Exists(report => report.Problems.Count > 0) ? ExitCodes.Findings : ExitCodes.Good;
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

    private static List<FileReport> Merge(IEnumerable<FileReport> files, IEnumerable<FileReport> differences) =>
        [.. files.Concat(differences)
            .GroupBy(report => Path.GetFullPath(report.Path), StringComparer.Ordinal)
            .Select(reports => reports.First() with { Problems = [.. reports.SelectMany(report => report.Problems)] })
            .OrderBy(report => report.Path, StringComparer.Ordinal)];

    private static void Report(List<FileReport> reports, bool problemsOnly, int manifests)
    {
        var table = new Table().AddColumns("File", "Length", "Peak", "Silent", "Clipped", "Wrong");
        foreach (var report in reports.Where(report => !problemsOnly || report.Problems.Count > 0))
        {
            table.AddRow(
                Markup.Escape(report.Path),
                report.DurationMs is { } duration ? TimeSpan.FromMilliseconds(duration).ToString(@"h\:mm\:ss\.fff", CultureInfo.InvariantCulture) : "",
                report.Levels is { } peak ? Decibels(peak.PeakDbfs) : "",
                report.Levels is { } silence ? Percent(silence.SilentShare) : "",
                report.Levels is { } clipping ? Percent(clipping.ClippedShare) : "",
                Markup.Escape(string.Join(' ', report.Problems)));
        }

        if (table.Rows.Count > 0)
        {
            AnsiConsole.Write(table);
        }

        Console.Out.WriteLine($"{reports.Count} files, {manifests} manifests: {reports.Count(report => report.Problems.Count > 0)} with something wrong.");
    }

    private static string Decibels(double value) =>
        double.IsNegativeInfinity(value) ? "silence" : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} dBFS");

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");
}
