using System.CommandLine;

namespace Burqi.Simulator.Commands;

/// <summary>The options that describe the simulated account: both commands have them.</summary>
internal sealed class AccountOptions
{
    private readonly Option<string> accountSid = new("--account-sid")
    {
        Description = "The account (TWILIO_ACCOUNT_SID).",
        DefaultValueFactory = static _ => new TwilioSimulatorOptions().AccountSid,
    };

    private readonly Option<string> authToken = new("--auth-token")
    {
        Description = "Its auth token (TWILIO_AUTH_TOKEN): signs webhooks and sockets, opens the REST API.",
        DefaultValueFactory = static _ => new TwilioSimulatorOptions().AuthToken,
    };

    private readonly Option<string?> apiKey = new("--api-key") { Description = "SID:SECRET of a key that opens the REST API as well (TWILIO_API_KEY, TWILIO_API_SECRET)." };

    private readonly Option<int> port = new("--port") { Description = "The REST API's port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = static _ => 0 };

    private readonly Option<int> notFound = new("--not-found-before-ready")
    {
        Description = "How many requests for a finished recording's media are answered 404 first.",
        DefaultValueFactory = static _ => 0,
    };

    public AccountOptions() =>
        apiKey.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.Tokens[0].Value.Split(':').Length != 2)
            {
                result.AddError("--api-key is SID:SECRET.");
            }
        });

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { accountSid, authToken, apiKey, port, notFound })
        {
            command.Options.Add(option);
        }
    }

    public TwilioSimulatorOptions Read(ParseResult parsed) => new()
    {
        AccountSid = parsed.GetValue(accountSid)!,
        AuthToken = parsed.GetValue(authToken)!,
        ApiKeys = parsed.GetValue(apiKey)?.Split(':') is [var sid, var secret] ? [new ApiKey(sid, secret)] : [],
        Port = parsed.GetValue(port),
        NotFoundBeforeReady = parsed.GetValue(notFound),
        AllowLoopback = true,
    };
}
