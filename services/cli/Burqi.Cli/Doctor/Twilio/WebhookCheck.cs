using Burqi.Twilio;

namespace Burqi.Cli.Doctor.Twilio;

/// <summary>
/// Whether webhooks reach Burqi through all that stands in front of it, with the signature intact. What is sent changes nothing: where the
/// signature is wrong it names no call, and the signed request is news of a stream that is unknown, with an event that nobody has heard of.
/// </summary>
internal sealed class WebhookCheck(PublicClient client, string baseUrl)
{
    private const string Check = "webhooks";
    private const string Nobody = "00000000000000000000000000000000";

    /// <summary>A signature that no token makes: of the right length, and all zeros.</summary>
    private static readonly string WrongSignature = Convert.ToBase64String(new byte[20]);

    /// <summary>The server's clock as of the last answer.</summary>
    public DateTimeOffset? ServerDate { get; private set; }

    /// <summary>Whether every address refuses a wrong signature, and it is Burqi that refuses.</summary>
    public async Task<IReadOnlyList<Finding>> ExamineRefusalsAsync(string? accountSid, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal) { ["AccountSid"] = accountSid ?? "AC" + Nobody };
        var strange = new List<(string, (string, string))>();
        foreach (var path in TwilioAddresses.Webhooks)
        {
            var answer = await client.PostAsync(path, form, WrongSignature, cancellationToken);
            ServerDate = answer.Date ?? ServerDate;
            if (answer is { Status: 403, IsBurqi: true })
            {
                continue;
            }

            // Without a call sid the callbacks are refused as malformed by a Burqi that looks at no signature.
            strange.Add((path, answer is { Status: 400, IsBurqi: true } or { Status: >= 200 and < 300 }
                ? ("accepts a wrong signature", "Remove BURQI_VERIFY_SIGNATURES=false from Burqi's environment; if it is not there, another server answers under this name.")
                : Answers.Explain(answer)));
        }

        return strange.Count == 0
            ? [Finding.Ok(Check, $"All {TwilioAddresses.Webhooks.Count} addresses reach Burqi, which refuses a wrong signature.")]
            : [.. Answers.Group(Check, strange)];
    }

    /// <summary>Whether Burqi takes a request that is signed over the public address with the account's token.</summary>
    public async Task<Finding> ExamineSignedAsync(AccountSettings account, CancellationToken cancellationToken)
    {
        var answer = await SendHarmlessAsync(account, baseUrl, cancellationToken);
        if (answer is { Status: 204 })
        {
            return Finding.Ok(Check, $"A request signed with {account.TokenVariable} over the public address is accepted.");
        }

        if (answer is not { Status: 403, IsBurqi: true })
        {
            var (what, remedy) = Answers.Explain(answer);
            return Finding.Error(Check, $"{TwilioAddresses.StreamStatus}, rightly signed, {what}.", remedy);
        }

        return await ExplainRefusalAsync(account, cancellationToken);
    }

    private async Task<Finding> ExplainRefusalAsync(AccountSettings account, CancellationToken cancellationToken)
    {
        // Burqi answers 415 to a body that is no webhook's, but only where a signature came with it.
        var unread = await client.PostTextAsync(TwilioAddresses.StreamStatus, WrongSignature, cancellationToken);
        if (unread is { Status: 403, IsBurqi: true })
        {
            return Finding.Error(
                Check, $"The header {TwilioSignature.HeaderName} does not reach Burqi: something in front of it takes it off.", "Let the load balancer pass all headers on that begin with X-Twilio-.");
        }

        if (baseUrl.StartsWith("https://", StringComparison.Ordinal)
            && await SendHarmlessAsync(account, "http" + baseUrl["https".Length..], cancellationToken) is { Status: 204 })
        {
            return Finding.Error(
                "forwarding",
                "Burqi takes a signature over http:// and not over https://: it does not know that TLS ends in front of it, and refuses every webhook of Twilio's.",
                "Set CALLBACK_URI_HOST in the environment of ingress and media as it is here; or name the load balancer in BURQI_TRUSTED_PROXIES and let it send X-Forwarded-Proto and X-Forwarded-Host.");
        }

        return Finding.Error(
            Check,
            $"Burqi refuses a request that is signed with {account.TokenVariable} over {baseUrl}.",
            account.Name is null
                ? "Ingress runs with another TWILIO_AUTH_TOKEN, TWILIO_ACCOUNT_SID or CALLBACK_URI_HOST than this self-test, or the load balancer changes path, query or body on the way. Compare its environment with this one, variable by variable, and start it again."
                : $"Ingress does not know the account: give it TWILIO_CREDENTIALS with '{account.Name}' and the variables that begin with {account.Prefix}, and start it again.");
    }

    private Task<PublicAnswer> SendHarmlessAsync(AccountSettings account, string signedBase, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AccountSid"] = account.Sid ?? "AC" + Nobody,
            ["CallSid"] = "CA" + Nobody,
            ["StreamSid"] = "MZ" + Nobody,
            ["StreamEvent"] = "burqi-doctor",
        };
        return client.PostAsync(
            TwilioAddresses.StreamStatus, form, TwilioSignature.Compute(account.AuthToken!, signedBase + TwilioAddresses.StreamStatus, form), cancellationToken);
    }
}
