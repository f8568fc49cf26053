using System.CommandLine;
using System.Globalization;
using Burqi.Cli.Api;
using Spectre.Console;

namespace Burqi.Cli.Keys;

/// <summary><c>burqi keys</c>: makes, lists, exchanges and revokes the API keys of a running Burqi.</summary>
internal sealed class KeysCommand
{
    private const int LongestGrace = 7 * 24 * 60 * 60;

    private readonly ApiOptions _api = new();

    private readonly Option<string> _name = new("--name") { Description = "What people call the key.", Required = true };

    private readonly Option<string[]> _scopes = new("--scope")
    {
        Description = "What it opens: recordings:read, recordings:play, recordings:download, recordings:delete, recordings:control, assistants:write, calls:place or admin. Give it once for each.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> _assistants = new("--assistant")
    {
        Description = "Limits it to the calls and recordings of this assistant. Give it once for each.",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<int?> _requests = new("--requests-per-minute") { Description = "How many requests a minute it may make." };

    private readonly Option<DateTimeOffset?> _expires = new("--expires") { Description = "When it stops opening anything, such as 2030-01-01T00:00:00Z." };

    private readonly Option<int> _grace = new("--grace-seconds") { Description = $"How long the old key stays good: 0 to {LongestGrace}." };

    private readonly Option<bool> _all = new("--all") { Description = "Revoked and expired ones too." };

    private readonly Argument<string> _id = new("id") { Description = "The key's id, as list shows it." };

    public static Command Create()
    {
        var keys = new KeysCommand();
        var create = new Command("create", "Makes a key and prints it, alone, to standard output. It is shown this once.") { keys._name, keys._scopes, keys._assistants, keys._requests, keys._expires };
        var list = new Command("list", "Lists keys, the latest made first; those of BURQI_API_KEYS are not among them.") { keys._all };
        var rotate = new Command("rotate", "Exchanges a key for a new one, which opens the same, and prints that, alone, to standard output.") { keys._id, keys._grace };
        var revoke = new Command("revoke", "Revokes a key for good, with its sessions and what it shared.") { keys._id };
        keys.Run(create, keys.CreateAsync);
        keys.Run(list, keys.ListAsync);
        keys.Run(rotate, keys.RotateAsync);
        keys.Run(revoke, keys.RevokeAsync);
        return new Command("keys", "Makes, lists, exchanges and revokes the API keys of a running Burqi. It needs a key with the scope admin, such as one of BURQI_API_KEYS.") { create, list, rotate, revoke };
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

    private async Task<int> CreateAsync(BurqiApi api, ParseResult parsed, CancellationToken cancellationToken)
    {
        var question = new KeyQuestion
        {
            Name = parsed.GetRequiredValue(_name),
            Scopes = parsed.GetRequiredValue(_scopes),
            Assistants = parsed.GetValue(_assistants) is { Length: > 0 } assistants ? assistants : null,
            RequestsPerMinute = parsed.GetValue(_requests),
            ExpiresAt = parsed.GetValue(_expires)?.ToUniversalTime(),
        };
        var made = await api.PostAsync("/keys", question, KeysJsonContext.Default.KeyQuestion, KeysJsonContext.Default.KeyAnswer, cancellationToken);
        await ShowAsync(made, $"Key {made.Id} ({made.Name}) opens {Opens(made)}.");
        return ExitCodes.Good;
    }

    private async Task<int> ListAsync(BurqiApi api, ParseResult parsed, CancellationToken cancellationToken)
    {
        var table = new Table().AddColumns("Id", "Name", "Opens", "Assistants", "Requests a minute", "Made (UTC)", "Last used", "State");
        var cursor = "";
        do
        {
            var page = await api.GetAsync($"/keys?limit=200{cursor}", KeysJsonContext.Default.KeyPageAnswer, cancellationToken);
            foreach (var key in page.Items.Where(key => parsed.GetValue(_all) || IsGood(key)))
            {
                table.AddRow(
                    Markup.Escape(key.Id),
                    Markup.Escape(key.Name),
                    Markup.Escape(string.Join('\n', key.Scopes)),
                    Markup.Escape(key.Assistants is null ? "all" : string.Join('\n', key.Assistants)),
                    key.RequestsPerMinute?.ToString(CultureInfo.InvariantCulture) ?? "the setting's",
                    Time(key.CreatedAt),
                    key.LastUsedAt is { } used ? Time(used) : "never",
                    State(key));
            }

            cursor = page.NextCursor is null ? "" : $"&cursor={Uri.EscapeDataString(page.NextCursor)}";
        }
        while (cursor.Length > 0);

        if (table.Rows.Count == 0)
        {
            Console.Out.WriteLine("There are no such keys.");
            return ExitCodes.Good;
        }

        AnsiConsole.Write(table);
        return ExitCodes.Good;
    }

    private async Task<int> RotateAsync(BurqiApi api, ParseResult parsed, CancellationToken cancellationToken)
    {
        var exchanged = await api.PostAsync(
            $"{Path(parsed)}/rotate",
            new RotationOfKey { GraceSeconds = parsed.GetValue(_grace) },
            KeysJsonContext.Default.RotationOfKey,
            KeysJsonContext.Default.KeyAnswer,
            cancellationToken);
        await ShowAsync(exchanged, exchanged.PreviousUntil is { } until
            ? $"Key {exchanged.Id} ({exchanged.Name}) is exchanged; the old one is good until {Time(until)} UTC."
            : $"Key {exchanged.Id} ({exchanged.Name}) is exchanged; the old one opens nothing any more.");
        return ExitCodes.Good;
    }

    private async Task<int> RevokeAsync(BurqiApi api, ParseResult parsed, CancellationToken cancellationToken)
    {
        await api.DeleteAsync(Path(parsed), cancellationToken);
        Console.Out.WriteLine($"Key {parsed.GetRequiredValue(_id)} is revoked: within seconds it opens nothing any more.");
        return ExitCodes.Good;
    }

    // What is said about it goes beside it, so that a script can take the key as it is.
    private static async Task ShowAsync(KeyAnswer made, string said)
    {
        await Console.Error.WriteLineAsync($"{said} It is shown this once:");
        Console.Out.WriteLine(made.Key);
    }

    private static string Opens(KeyAnswer key) =>
        string.Join(", ", key.Scopes) + (key.Assistants is null ? "" : $" for the assistants {string.Join(", ", key.Assistants)}");

    private static bool IsGood(KeyAnswer key) => key.RevokedAt is null && !(key.ExpiresAt <= TimeProvider.System.GetUtcNow());

    private static string State(KeyAnswer key) =>
        key.RevokedAt is { } revoked ? $"revoked {Time(revoked)}"
        : !IsGood(key) ? $"expired {Time(key.ExpiresAt!.Value)}"
        : key.ExpiresAt is { } expires ? $"good until {Time(expires)}"
        : "good";

    private string Path(ParseResult parsed) => $"/keys/{Uri.EscapeDataString(parsed.GetRequiredValue(_id))}";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
