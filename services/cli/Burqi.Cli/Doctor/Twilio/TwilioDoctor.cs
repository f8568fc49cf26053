using System.Globalization;
using Burqi.Twilio;

namespace Burqi.Cli.Doctor.Twilio;

/// <summary>
/// Looks at everything that must be right for a team on Twilio, in the order in which one thing rests on the other. It changes nothing,
/// neither at Twilio nor in Burqi.
/// </summary>
internal sealed class TwilioDoctor(DoctorSettings settings, DoctorNetwork network, TimeProvider time)
{
    /// <summary>A server whose clock is this far off is worth a word.</summary>
    private static readonly TimeSpan ServerClockLimit = TimeSpan.FromSeconds(10);

    public async Task<DoctorReport> ExamineAsync(CancellationToken cancellationToken)
    {
        var findings = new List<Finding>(SettingsCheck.Examine(settings));
        var baseUrl = SettingsCheck.IsUsable(settings.PublicBaseUrl) ? settings.PublicBaseUrl : null;
        using var api = SettingsCheck.IsApi(settings.ApiBaseUrl) ? new TwilioApi(settings.ApiBaseUrl, time) : null;

        if (api is not null)
        {
            await ExamineAccountsAsync(api, baseUrl, findings, cancellationToken);
        }

        if (baseUrl is not null)
        {
            await ExaminePublicHostAsync(baseUrl, api?.Ahead, findings, cancellationToken);
        }

        return new DoctorReport(baseUrl is null ? [] : TwilioAddresses.Below(baseUrl), Sample(baseUrl), findings);
    }

    private async Task ExamineAccountsAsync(TwilioApi api, string? baseUrl, List<Finding> findings, CancellationToken cancellationToken)
    {
        var check = new AccountCheck(api);
        foreach (var account in settings.Accounts.Where(account => account.HasGoodSid))
        {
            var (found, signIn) = await check.ExamineAsync(account, cancellationToken);
            findings.AddRange(found);
            if (signIn is { } known && baseUrl is not null)
            {
                findings.AddRange(await new NumbersCheck(api, baseUrl).ExamineAsync(account, known, cancellationToken));
            }
        }

        if (check.ExamineClock() is { } clock)
        {
            findings.Add(clock);
        }
    }

    private async Task ExaminePublicHostAsync(string baseUrl, TimeSpan? ahead, List<Finding> findings, CancellationToken cancellationToken)
    {
        var host = await new HostCheck(network, time).ExamineAsync(new Uri(baseUrl), cancellationToken);
        findings.AddRange(host);
        if (host.Any(finding => finding.Severity == Severity.Error))
        {
            findings.Add(Finding.Warning("webhooks", "Webhooks and media sockets were not tried.", "Put right what is said of the host first, then run this again."));
            return;
        }

        using var client = new PublicClient(network, baseUrl);
        var webhooks = new WebhookCheck(client, baseUrl);
        findings.AddRange(await webhooks.ExamineRefusalsAsync(settings.Accounts[0].Sid, cancellationToken));
        var signing = settings.Accounts.Where(account => account.AuthToken is not null).ToList();
        foreach (var account in signing)
        {
            findings.Add(await webhooks.ExamineSignedAsync(account, cancellationToken));
        }

        findings.AddRange(await new SocketCheck(client, baseUrl).ExamineAsync(signing, cancellationToken));
        if (ahead is { } mine && webhooks.ServerDate is { } date && date - (time.GetUtcNow() - mine) is var off && off.Duration() > ServerClockLimit)
        {
            findings.Add(Finding.Warning(
                "clock",
                string.Create(CultureInfo.InvariantCulture, $"The clock of what answers at {new Uri(baseUrl).Host} is {off.Duration().TotalSeconds:0} s {(off > TimeSpan.Zero ? "ahead of" : "behind")} Twilio's."),
                "Let it be set by NTP, on every machine that runs a part of Burqi."));
        }
    }

    private SignedSample? Sample(string? baseUrl)
    {
        var account = settings.Accounts[0];
        if (baseUrl is null || account.AuthToken is not { } token)
        {
            return null;
        }

        var url = baseUrl + TwilioAddresses.Voice + "?to=%2B15550123";
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["AccountSid"] = account.Sid ?? "AC00000000000000000000000000000000",
            ["CallSid"] = "CA00000000000000000000000000000000",
            ["CallStatus"] = "ringing",
            ["Direction"] = "inbound",
            ["From"] = "+15550100",
            ["To"] = "+15550101",
        };
        return new SignedSample(
            "POST", url, parameters, TwilioSignature.StringToSign(url, parameters), TwilioSignature.Compute(token, url, parameters)[..6] + "…");
    }
}
