using System.Text.Json;

namespace Burqi.Cli.Doctor.Twilio;

/// <summary>Whether the account's phone numbers ask Burqi what to do with a call. No number is written out: its sid and its last digits tell it.</summary>
internal sealed class NumbersCheck(TwilioApi api, string baseUrl)
{
    private const string Check = "numbers";
    private const string NumberPage = "Twilio console, the number, Voice configuration";

    /// <summary>More are not looked through: 20 pages of the largest size are a very large account.</summary>
    private const int MostPages = 20;

    public async Task<IReadOnlyList<Finding>> ExamineAsync(AccountSettings account, (string User, string Password) signIn, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var (numbers, ours) = (0, 0);
        var answer = await api.GetAsync(account.Sid!, "/IncomingPhoneNumbers.json?PageSize=1000", signIn.User, signIn.Password, cancellationToken);
        for (var page = 1; answer.IsGood && answer.Body!.Value.TryGetProperty("incoming_phone_numbers", out var list) && list.ValueKind == JsonValueKind.Array; page++)
        {
            foreach (var number in list.EnumerateArray().Where(HasVoice))
            {
                numbers++;
                if (PointsHere(number))
                {
                    ours++;
                    findings.AddRange(Examine(number));
                }
                else if (MeansBurqi(number) is { } finding)
                {
                    findings.Add(finding);
                }
            }

            // A path and no more: the credentials go to the API's own host.
            if (answer.Text("next_page_uri") is not { } next || next[0] != '/' || page == MostPages)
            {
                break;
            }

            answer = await api.GetAsync(next, signIn.User, signIn.Password, cancellationToken);
        }

        if (!answer.IsGood)
        {
            findings.Add(Finding.Warning(
                Check, answer.Unreached ?? $"The phone numbers of {account.Title} could not be listed (status {answer.Status}).", $"Look yourself where they point ({NumberPage})."));
        }
        else if (ours == 0)
        {
            findings.Add(Finding.Warning(
                Check,
                numbers == 0 ? $"{Capital(account.Title)} has no phone number that takes calls." : $"None of the {numbers} phone numbers of {account.Title} points here: no call of theirs reaches Burqi.",
                $"Set \"A call comes in\" to {baseUrl}{TwilioAddresses.Voice} or {TwilioAddresses.AssistantCall}, HTTP POST ({NumberPage}). TwiML applications, SIP domains and trunks are not looked at here."));
        }
        else
        {
            findings.Add(Finding.Ok(Check, $"{ours} of {numbers} phone numbers of {account.Title} point here."));
        }

        return findings;
    }

    private bool PointsHere(JsonElement number) => TwilioAnswer.Text(number, "voice_url") is { } url && IsBelowBase(url);

    private IEnumerable<Finding> Examine(JsonElement number)
    {
        var name = Name(number);
        var url = TwilioAnswer.Text(number, "voice_url")!;
        var path = Path(url);
        if (TwilioAnswer.Text(number, "trunk_sid") is { } trunk)
        {
            yield return Finding.Error(Check, $"{name} belongs to the SIP trunk {trunk}: its calls go there, whatever its voice URL says.", "Take it off the trunk, or have the trunk record and call back at /recording/status.");
        }
        else if (TwilioAnswer.Text(number, "voice_application_sid") is { } application)
        {
            yield return Finding.Error(Check, $"{name} is set to the TwiML application {application}: its own voice URL is not used.", "Set the application's voice URL to Burqi, or set the number to Webhook.");
        }

        if (path is not (TwilioAddresses.Voice or TwilioAddresses.AssistantCall))
        {
            yield return Finding.Error(Check, $"{name} asks {path}, where Burqi answers no call.", $"Use {TwilioAddresses.Voice} or {TwilioAddresses.AssistantCall} ({NumberPage}).");
        }
        else if (TwilioAnswer.Text(number, "voice_method") is { } method && method != "POST")
        {
            yield return Finding.Error(Check, $"{name} asks with HTTP {method}: Burqi answers POST only, so the caller hears an error.", $"Choose HTTP POST ({NumberPage}).");
        }
        else if (path == TwilioAddresses.AssistantCall && !url.Contains("assistant_id=", StringComparison.Ordinal))
        {
            yield return Finding.Warning(Check, $"{name} asks {path} without assistant_id: no voice agent takes its calls.", "Append ?assistant_id=… with the id under which the assistant was saved.");
        }

        var status = TwilioAnswer.Text(number, "status_callback");
        if (status is null)
        {
            yield return Finding.Warning(
                Check, $"{name} tells nobody when a call ends: calls stay open in the catalog, and a missing recording is not noticed.", $"Set \"Call status changes\" to {baseUrl}{TwilioAddresses.CallStatus}, HTTP POST ({NumberPage}).");
        }
        else if (!IsBelowBase(status) || Path(status) != TwilioAddresses.CallStatus)
        {
            yield return Finding.Warning(Check, $"{name} tells another address than Burqi's when a call ends.", $"Set \"Call status changes\" to {baseUrl}{TwilioAddresses.CallStatus}, or pass on what comes there.");
        }
        else if (TwilioAnswer.Text(number, "status_callback_method") is { } method && method != "POST")
        {
            yield return Finding.Error(Check, $"{name} tells of a call's end with HTTP {method}: Burqi takes POST only.", $"Choose HTTP POST for \"Call status changes\" ({NumberPage}).");
        }
    }

    /// <summary>A number that points elsewhere, at what looks like a Burqi all the same.</summary>
    private Finding? MeansBurqi(JsonElement number)
    {
        if (TwilioAnswer.Text(number, "voice_url") is not { } voice || !Uri.TryCreate(voice, UriKind.Absolute, out var url))
        {
            return null;
        }

        var isOurHost = url.Host.Equals(new Uri(baseUrl).Host, StringComparison.OrdinalIgnoreCase);
        return (isOurHost, url.AbsolutePath.EndsWith(TwilioAddresses.Voice, StringComparison.Ordinal)) switch
        {
            (true, _) => Finding.Error(
                Check, $"{Name(number)} asks this host at another scheme, port or path than CALLBACK_URI_HOST: the signature will not match.", $"Let its voice URL begin with {baseUrl} ({NumberPage})."),
            (false, true) => Finding.Warning(
                Check, $"{Name(number)} asks another host, {url.Host}, at {TwilioAddresses.Voice}.", $"If that is this Burqi under another name its signatures do not match: let the voice URL begin with {baseUrl}."),
            _ => null,
        };
    }

    private bool IsBelowBase(string url)
    {
        var here = new Uri(baseUrl);
        return Uri.TryCreate(url, UriKind.Absolute, out var there)
            && Uri.Compare(here, there, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            && there.AbsolutePath.StartsWith(here.AbsolutePath.TrimEnd('/') + "/", StringComparison.Ordinal);
    }

    private string Path(string url) => new Uri(url).AbsolutePath[new Uri(baseUrl).AbsolutePath.TrimEnd('/').Length..];

    private static bool HasVoice(JsonElement number) =>
        !number.TryGetProperty("capabilities", out var capabilities) || !capabilities.TryGetProperty("voice", out var voice) || voice.ValueKind != JsonValueKind.False;

    private static string Name(JsonElement number) =>
        $"Number …{(TwilioAnswer.Text(number, "phone_number") is { Length: > 4 } digits ? digits[^4..] : "")} ({TwilioAnswer.Text(number, "sid")})";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
