using System.CommandLine;
using System.Globalization;
using Burqi.Cli.Api;
using Burqi.Cli.Output;

namespace Burqi.Cli.Cost;

/// <summary><c>burqi cost</c>: what a running Burqi recorded, by assistant and month, and what the provider takes for its part of it.</summary>
internal sealed class CostCommand
{
    private readonly ApiOptions _api = new();

    private readonly Option<string> _from = new("--from") { Description = "From when on: a day in UTC (2026-03-01) or a time (2026-03-01T09:30:00Z).", Required = true };

    private readonly Option<string> _to = new("--to") { Description = "Until when: a day, of which nothing is counted any more, or a time.", Required = true };

    private readonly Option<string?> _assistant = new("--assistant") { Description = "This assistant's calls alone.", HelpName = "ID" };

    public static Command Create()
    {
        var cost = new CostCommand();
        var command = new Command("cost", "Shows minutes recorded, bytes stored and the provider's prices, by assistant and month. The prices are those of TWILIO_PRICE_…: an estimate and no bill.")
        {
            cost._from, cost._to, cost._assistant,
        };
        cost._api.AddTo(command);
        command.SetAction(cost.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            using var api = _api.Open(parsed);
            var assistant = parsed.GetValue(_assistant) is { } id ? "&assistant_id=" + Uri.EscapeDataString(id) : "";
            var path = $"/usage?from={Uri.EscapeDataString(parsed.GetRequiredValue(_from))}&to={Uri.EscapeDataString(parsed.GetRequiredValue(_to))}{assistant}";
            Report(await api.GetAsync(path, UsageJsonContext.Default.UsageAnswer, cancellationToken));
            return ExitCodes.Good;
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
    }

    // Not a table of Spectre's: at the width of a terminal, or of 80 where there is none, it would break numbers in two.
    private static void Report(UsageAnswer usage)
    {
        string[][] rows =
        [
            ["month", "assistant", "min. here", "min. there", "stored here", "min. kept there", "beyond free", "recording", "keeping", usage.Tariff.Unit],
            .. usage.Items.Select(line => Row(line.Month ?? "", line.AssistantId ?? "(none)", line)),
            Row("total", "", usage.Totals),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            Console.Out.WriteLine(string.Join("  ", row.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))));
        }

        var tariff = usage.Tariff;
        Console.Out.WriteLine();
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{usage.From.UtcDateTime:yyyy-MM-dd HH:mm:ss} to {usage.To.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC. \"There\" is the provider, which takes {tariff.RecordingMinute} {tariff.Unit} for a minute recorded"));
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"and {tariff.StorageMinuteMonth} {tariff.Unit} for a minute kept for a month, {tariff.FreeStorageMinutes} minutes of which are free. This is an estimate: its invoice decides."));
    }

    private static string[] Row(string month, string assistant, UsageLine line) =>
    [
        month,
        assistant,
        Count(line.LocalMinutes),
        Count(line.ProviderMinutes),
        ByteSize.Text(line.BytesStored),
        Count(line.ProviderMinutesStored),
        Count(line.ProviderMinutesStoredBeyondFree),
        Money(line.RecordingPrice),
        Money(line.StoragePrice),
        Money(line.Price),
    ];

    private static string Count(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Money(decimal value) => value.ToString("0.00##", CultureInfo.InvariantCulture);
}
