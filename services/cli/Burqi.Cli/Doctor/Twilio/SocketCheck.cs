using Burqi.Twilio;

namespace Burqi.Cli.Doctor.Twilio;

/// <summary>Whether media sockets reach Burqi: unsigned ones must be refused by Burqi itself, signed ones opened. One that is opened is closed before a stream begins.</summary>
internal sealed class SocketCheck(PublicClient client, string baseUrl)
{
    private const string Check = "media socket";

    /// <summary>Examines both sockets.</summary>
    /// <param name="accounts">Those that have a token.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<Finding>> ExamineAsync(IReadOnlyList<AccountSettings> accounts, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var strange = new List<(string, (string, string))>();
        foreach (var path in TwilioAddresses.Sockets)
        {
            var answer = await client.UpgradeAsync(path, signature: null, cancellationToken);
            if (answer is { Status: 403, IsBurqi: true })
            {
                findings.AddRange(await ExamineSignedAsync(path, accounts, cancellationToken));
                continue;
            }

            strange.Add((path, answer switch
            {
                { Status: 101 } => ("is opened to anybody, unsigned", "Remove BURQI_VERIFY_SIGNATURES=false from Burqi's environment; if it is not there, another server answers under this name."),
                { Status: 426, IsBurqi: true } => (
                    "reaches Burqi as a plain request, no longer as a WebSocket", "Let the load balancer pass upgrades on: HTTP/1.1 to Burqi with the headers Upgrade and Connection. Twilio reports error 31920 meanwhile."),
                { Status: 400, IsBurqi: false } => ("is refused (400) by something that does not pass WebSockets on", "Let the load balancer pass upgrades on: HTTP/1.1 to Burqi with the headers Upgrade and Connection."),
                _ => Answers.Explain(answer),
            }));
        }

        findings.AddRange(Answers.Group(Check, strange));
        return findings;
    }

    private async Task<IReadOnlyList<Finding>> ExamineSignedAsync(string path, IReadOnlyList<AccountSettings> accounts, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var account in accounts)
        {
            var answer = await client.UpgradeAsync(path, TwilioSignature.Compute(account.AuthToken!, TwilioAddresses.Socket(baseUrl, path), []), cancellationToken);
            if (answer.Status == 101)
            {
                continue;
            }

            var (what, remedy) = answer is { Status: 403, IsBurqi: true }
                ? ("is refused by Burqi", account.Name is null
                    ? "Media runs with another TWILIO_AUTH_TOKEN or CALLBACK_URI_HOST than this self-test. Compare its environment with this one and start it again."
                    : $"Media does not know the account: give it TWILIO_CREDENTIALS with '{account.Name}' and the variables that begin with {account.Prefix}, and start it again.")
                : Answers.Explain(answer);
            findings.Add(Finding.Error(Check, $"{path}, signed with {account.TokenVariable}, {what}.", remedy));
        }

        return findings.Count > 0 || accounts.Count == 0 ? findings : [Finding.Ok(Check, $"{path} reaches Burqi, which refuses it unsigned and opens it signed.")];
    }
}
