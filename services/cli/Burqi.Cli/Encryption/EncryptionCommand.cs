using System.CommandLine;
using Burqi.Cli.Api;
using Spectre.Console;

namespace Burqi.Cli.Encryption;

/// <summary><c>burqi encryption rotate</c>: has a running Burqi wrap the keys of all encrypted recordings by its current one.</summary>
internal sealed class EncryptionCommand
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // So long a replica that was killed takes to come back, or a load balancer to leave it out.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ApiOptions _api = new();

    public static Command Create()
    {
        var encryption = new EncryptionCommand();
        var rotate = new Command(
            "rotate",
            "Has every recording that is encrypted with an older key encrypted with the current one. The audio stays as it is: only the keys of the recordings are wrapped anew.");
        encryption._api.AddTo(rotate);
        rotate.SetAction(encryption.RotateAsync);
        return new Command("encryption", "Looks after the keys that recordings are encrypted with.") { rotate };
    }

    private async Task<int> RotateAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            using var api = _api.Open(parsed);
            var asked = await api.PostAsync(
                "/encryption-rotations", new RotationQuestion(), RotationJsonContext.Default.RotationQuestion, RotationJsonContext.Default.RotationAnswer, cancellationToken);
            var answer = await WaitAsync(api, asked, cancellationToken);
            Report(answer);
            return answer.Status == "completed" ? ExitCodes.Good : ExitCodes.Findings;
        }
        catch (ApiException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Burqi goes on with it: GET /encryption-rotations shows how far it is.");
            return ExitCodes.Interrupted;
        }
    }

    private static Task<RotationAnswer> WaitAsync(BurqiApi api, RotationAnswer asked, CancellationToken cancellationToken) => AnsiConsole.Status().StartAsync(
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
                    answer = await api.GetAsync($"/encryption-rotations/{asked.Id}", RotationJsonContext.Default.RotationAnswer, cancellationToken);
                    answered = TimeProvider.System.GetTimestamp();
                    status.Status($"{answer.Rewrapped} done, {answer.Remaining} to go");
                }
                catch (ApiException exception) when (exception.Status is null or >= 500 && TimeProvider.System.GetElapsedTime(answered) < Patience)
                {
                    status.Status("Burqi does not answer at the moment");
                }
            }

            return answer;
        });

    private static void Report(RotationAnswer answer)
    {
        Console.Out.WriteLine($"Key {answer.KeyId}: {answer.Rewrapped} recordings re-wrapped, {answer.Remaining} under other keys.");
        switch (answer.Status)
        {
            case "completed" when answer.Remaining == 0:
                Console.Out.WriteLine("No recording needs an older key any more.");
                break;
            case "completed":
                Console.Out.WriteLine("Some were archived under an older key meanwhile: once every archiver has the new one, ask again.");
                break;
            case "superseded":
                Console.Error.WriteLine("A rotation to another key was asked for meanwhile.");
                break;
            default:
                Console.Error.WriteLine($"{answer.Failed} could not be re-wrapped and still need their old keys. {answer.Error}");
                break;
        }
    }
}
