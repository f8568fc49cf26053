using System.CommandLine;
using System.Globalization;
using Burqi.Cli.Api;
using Burqi.Cli.Output;

namespace Burqi.Cli.Retention;

/// <summary><c>burqi retention</c>: what a running Burqi is to delete or to move to another tier by its policies. It only looks.</summary>
internal sealed class RetentionCommand
{
    private const int DefaultItems = 20;
    private const int MostItems = 1000;

    private readonly ApiOptions _api = new();

    private readonly Option<int> _items = new("--items")
    {
        Description = $"How many recordings are shown by name, those due for longest first: 0 to {MostItems}.",
        DefaultValueFactory = _ => DefaultItems,
        HelpName = "N",
    };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Says what this command does anyway: it shows, and changes nothing." };

    public static Command Create()
    {
        var retention = new RetentionCommand();
        var command = new Command("retention", "Shows what is due by the retention policies, and why. It changes nothing: what is done about it is said by BURQI_RETENTION of the catalog.")
        {
            retention._items, retention._dryRun,
        };
        retention._items.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > MostItems)
            {
                result.AddError($"--items is a number from 0 to {MostItems}.");
            }
        });
        retention._api.AddTo(command);
        command.SetAction(retention.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            using var api = _api.Open(parsed);
            var path = string.Create(CultureInfo.InvariantCulture, $"/retention?limit={parsed.GetValue(_items)}");
            var plan = await api.GetAsync(path, RetentionJsonContext.Default.RetentionAnswer, cancellationToken);
            await ReportAsync(plan);
            return plan.DeletionsFailed == 0 ? ExitCodes.Good : ExitCodes.Findings;
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

    private static async Task ReportAsync(RetentionAnswer plan)
    {
        await Console.Out.WriteLineAsync(plan.Due.Count == 0 ? "Nothing is due." : "Due:");
        foreach (var line in plan.Due)
        {
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"  {line.Action,-7}  {line.Recordings} {line.RecordingType} recordings of {line.AssistantId ?? "no assistant"}, {ByteSize.Text(line.Bytes)}, since {line.DueSince.UtcDateTime:yyyy-MM-dd}{Held(line)}. {line.Reason}"));
        }

        foreach (var item in plan.Items)
        {
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"    {item.RecordingId}  call {item.CallId}  {item.Action} since {item.DueSince.UtcDateTime:yyyy-MM-dd HH:mm}{(item.LegalHold ? "  under a legal hold" : "")}"));
        }

        await Console.Out.WriteLineAsync();
        await Console.Out.WriteLineAsync(plan.Mode switch
        {
            "on" => "BURQI_RETENTION is on: what is due is done with the next sweep, but for what a legal hold keeps.",
            "off" => "BURQI_RETENTION is off: nothing of this is done.",
            _ => "BURQI_RETENTION is dry-run: nothing of this is done until it is set to on.",
        });
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"Deletions under way: {plan.DeletionsRequested}. Given up: {plan.DeletionsFailed}."));
    }

    private static string Held(RetentionLine line) =>
        line.Held == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({line.Held} of them under a legal hold)");
}
