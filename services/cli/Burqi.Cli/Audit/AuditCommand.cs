using System.CommandLine;
using System.Globalization;
using Burqi.Cli.Api;

namespace Burqi.Cli.Audit;

/// <summary><c>burqi audit verify</c>: whether the record of who did, saw and heard what is as it was written.</summary>
internal sealed class AuditCommand
{
    private const int HashLength = 64;

    private readonly ApiOptions _api = new();

    private readonly Option<string?> _head = new("--head")
    {
        Description = "A hash that an earlier run showed: the log must still hold all that it held then. Without it, what was cut off at the end does not show.",
        HelpName = "HASH",
    };

    public static Command Create()
    {
        var audit = new AuditCommand();
        var verify = new Command("verify", "Computes the chain of seals again and names the first event that was changed, removed or inserted.") { audit._head };
        audit._head.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } head && (head.Length != HashLength || !head.All(char.IsAsciiHexDigit)))
            {
                result.AddError($"--head is a hash of {HashLength} hexadecimal digits.");
            }
        });
        audit._api.AddTo(verify);
        verify.SetAction(audit.RunAsync);
        return new Command("audit", "The record of who did, saw and heard what.") { verify };
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            using var api = _api.Open(parsed);
            return await VerifyAsync(api, parsed.GetValue(_head), cancellationToken);
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

    private static async Task<int> VerifyAsync(BurqiApi api, string? head, CancellationToken cancellationToken)
    {
        var verified = 0L;
        long? headAt = null;
        long? keyedSince = null;
        for (var after = 0L; ;)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/audit/verification?after={after}{(head is null ? "" : $"&head={head}")}");
            var stretch = await api.GetAsync(path, AuditJsonContext.Default.VerificationAnswer, cancellationToken);
            verified += stretch.Verified;
            headAt ??= stretch.HeadAt;
            keyedSince ??= stretch.KeyedSince;
            if (stretch.Problem is { } problem)
            {
                await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{problem.Detail} The {verified} events before are as they were sealed."));
                return ExitCodes.Findings;
            }

            if (stretch.More && stretch.Number <= after)
            {
                throw new ApiException("What answers does not get on with its verification: is it a Burqi of this version?");
            }

            if (!stretch.More)
            {
                return await ReportAsync(stretch, verified, keyedSince, head, headAt);
            }

            after = stretch.Number;
        }
    }

    private static async Task<int> ReportAsync(VerificationAnswer last, long verified, long? keyedSince, string? head, long? headAt)
    {
        if (head is not null && headAt is null)
        {
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"The hash given as --head is not in the log: what led to it was cut off or made anew. The {verified} events that are there fit together."));
            return ExitCodes.Findings;
        }

        if (last is { HasKey: true, Number: > 0, KeyId: null })
        {
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"Catalog seals with a key, and seal {last.Number} was made without one: unless the key was set only just now, the seals were made anew. The {verified} events that are there fit together."));
            return ExitCodes.Findings;
        }

        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{verified} events are as they were sealed; {last.Unsealed} wait for their seal."));
        if (headAt is { } number)
        {
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"The hash given as --head is that of event number {number}."));
        }

        await Console.Out.WriteLineAsync(keyedSince is { } since
            ? string.Create(CultureInfo.InvariantCulture, $"Seals are made with a key since number {since}.")
            : "Seals are made without a key: whoever can write to the database could make them all anew. Set BURQI_AUDIT_KEY, or note the hash elsewhere.");
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Head: {last.Number} {last.Hash}"));
        return ExitCodes.Good;
    }
}
