using System.Globalization;

namespace Burqi.Demo;

/// <summary>What the demo leaves behind, for its reader.</summary>
internal static class Report
{
    public static void Write(TextWriter output, DemoSettings settings, string callId, IReadOnlyList<Recording> recordings)
    {
        output.WriteLine();
        output.WriteLine($"Call {callId}");
        WriteTable(output, [
            ["type", "source", "status", "duration", "size"],
            .. recordings.Select(recording => (string[])
            [
                recording.RecordingType,
                recording.RecordingSource,
                recording.Status,
                Number($"{recording.DurationMs / 1000.0:0.00} s"),
                Number($"{recording.FileSize} bytes"),
            ]),
        ]);

        foreach (var recording in recordings)
        {
            output.WriteLine();
            output.WriteLine($"{recording.RecordingType}");
            output.WriteLine($"  row     {recording.Id} in catalog.recordings");
            output.WriteLine($"  disk    {(recording.FilePath is { } path ? Path.Combine(settings.RecordingsFolder, path) : "(none: fetched from the provider)")}");
            output.WriteLine($"  object  {recording.S3Url ?? recording.S3Key}");
            output.WriteLine($"  plays   {new Uri(settings.BaseAddress, Catalog.PlayPath(recording))}");
        }

        var mixed = recordings.Single(recording => recording.RecordingType == "mixed");
        output.WriteLine();
        output.WriteLine($"To hear the whole call: start the system again with 'make run', open {settings.BaseAddress} and sign in with what 'echo {settings.ApiKeyInShell}' prints; or in another terminal");
        output.WriteLine($"  curl -fsS -H \"Authorization: Bearer {settings.ApiKeyInShell}\" -o call.{mixed.Format} {new Uri(settings.BaseAddress, Catalog.PlayPath(mixed))}");
    }

    private static void WriteTable(TextWriter output, IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine("  " + string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
