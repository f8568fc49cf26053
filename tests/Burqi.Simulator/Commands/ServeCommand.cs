using System.CommandLine;

namespace Burqi.Simulator.Commands;

/// <summary><c>serve</c>: the REST API of an account, until interrupted.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var account = new AccountOptions();
        var command = new Command("serve", "Serves the REST API of an account that has no calls, until interrupted.");
        account.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var twilio = await TwilioSimulator.StartAsync(account.Read(parsed), cancellationToken);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"Twilio's REST API is simulated at {twilio.ApiBaseUrl}; Ctrl+C ends it.");
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // That is how it ends.
            }

            return 0;
        });
        return command;
    }
}
