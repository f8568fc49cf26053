using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Burqi.Cli.Doctor.Twilio;

/// <summary>Whether the public host has an address that Twilio can reach, and a certificate that it takes.</summary>
internal sealed class HostCheck(DoctorNetwork network, TimeProvider time)
{
    private const string Dns = "DNS";
    private const string Tls = "TLS";
    private static readonly TimeSpan SoonExpired = TimeSpan.FromDays(14);

    /// <summary>Examines the host.</summary>
    /// <returns>What was found; requests can be made where none of it is an error.</returns>
    public async Task<IReadOnlyList<Finding>> ExamineAsync(Uri url, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        if (network.ConnectTo is { } instead)
        {
            findings.Add(Finding.Ok(Dns, $"DNS was not asked: --connect-to sends all requests for {url.Host} to {instead.Host}:{instead.Port}."));
        }
        else
        {
            findings.AddRange(await ExamineNameAsync(url.IdnHost, cancellationToken));
        }

        if (findings.TrueForAll(finding => finding.Severity != Severity.Error))
        {
            findings.Add(url.Scheme == Uri.UriSchemeHttps ? await ExamineTlsAsync(url, cancellationToken) : await ExamineConnectionAsync(url, cancellationToken));
        }

        return findings;
    }

    private static async Task<IReadOnlyList<Finding>> ExamineNameAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await System.Net.Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (SocketException)
        {
            return [Finding.Error(Dns, $"The name {host} has no address.", "Make a DNS record for it, or correct CALLBACK_URI_HOST. A record made a moment ago may take a while to be seen.")];
        }

        var hidden = Array.FindAll(addresses, IsPrivate);
        var listed = string.Join(", ", addresses.Select(address => address.ToString()));
        if (hidden.Length > 0 && !IPAddress.IsLoopback(hidden[0]))
        {
            return hidden.Length == addresses.Length
                ? [Finding.Warning(Dns, $"{host} is {listed} seen from here, which nobody outside can reach.", "If DNS answers otherwise outside, all is well; else give it the load balancer's public address.")]
                : [Finding.Warning(Dns, $"{host} is {listed}: some of these nobody outside can reach.", "Take the private addresses out of the public DNS record.")];
        }

        if (hidden.Length > 0)
        {
            return [Finding.Warning(Dns, $"{host} is this machine alone ({listed}).", "Twilio needs a public address, or a tunnel while you try.")];
        }

        return Array.Exists(addresses, address => address.AddressFamily == AddressFamily.InterNetwork)
            ? [Finding.Ok(Dns, $"{host} is {listed}.")]
            : [Finding.Warning(Dns, $"{host} has no IPv4 address ({listed}).", "Give it an IPv4 address as well: do not count on Twilio to reach IPv6.")];
    }

    private async Task<Finding> ExamineConnectionAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = await network.ConnectAsync(new DnsEndPoint(url.IdnHost, url.Port), cancellationToken);
            return Finding.Ok("connection", $"{url.Authority} accepts connections.");
        }
        catch (Exception exception) when (IsUnreached(exception, cancellationToken))
        {
            return Unreached(url, exception);
        }
    }

    private async Task<Finding> ExamineTlsAsync(Uri url, CancellationToken cancellationToken)
    {
        var wrong = SslPolicyErrors.None;
        var states = new List<X509ChainStatusFlags>();
        X509Certificate2? certificate = null;
        try
        {
            using var socket = await network.ConnectAsync(new DnsEndPoint(url.IdnHost, url.Port), cancellationToken);
            await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(DoctorNetwork.ConnectTimeout);
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = url.IdnHost,
                    CertificateChainPolicy = network.ChainPolicy(),
                    RemoteCertificateValidationCallback = (_, presented, chain, errors) =>
                    {
                        // Nothing is sent over this connection: what is wrong with the certificate is told, not passed over.
                        wrong = errors;
                        states.AddRange(chain?.ChainStatus.Select(status => status.Status) ?? []);
                        certificate = presented is null ? null : X509CertificateLoader.LoadCertificate(presented.GetRawCertData());
                        return errors == SslPolicyErrors.None;
                    },
                },
                limit.Token);
            return Judge(url, certificate, stream.SslProtocol);
        }
        catch (AuthenticationException) when (wrong != SslPolicyErrors.None)
        {
            return Explain(url, wrong, states, certificate);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            return Finding.Error(Tls, $"{url.Authority} accepts connections, and no TLS comes about on them.", "What listens there must speak TLS 1.2 or newer: is it the plain HTTP port, or does it lack a certificate for this name?");
        }
        catch (Exception exception) when (IsUnreached(exception, cancellationToken))
        {
            return Unreached(url, exception);
        }
        finally
        {
            certificate?.Dispose();
        }
    }

    private Finding Judge(Uri url, X509Certificate2? certificate, SslProtocols protocol)
    {
        var expires = new DateTimeOffset(certificate!.NotAfter.ToUniversalTime());
        var left = expires - time.GetUtcNow();
        var until = expires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return left < SoonExpired
            ? Finding.Warning(Tls, $"The certificate of {url.Host} is good until {until}, which is soon.", "Renew it: from that day on no call is answered and no stream opened.")
            : Finding.Ok(Tls, $"{url.Host} has a good certificate until {until} ({protocol}).");
    }

    private Finding Explain(Uri url, SslPolicyErrors wrong, List<X509ChainStatusFlags> states, X509Certificate2? certificate)
    {
        const string consequence = "Twilio does not connect (error 11237 or 31920).";
        if (wrong.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || certificate is null)
        {
            return Finding.Error(Tls, $"{url.Authority} shows no certificate. {consequence}", $"Give it one for {url.Host}.");
        }

        if (wrong.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).Take(5).ToArray();
            return Finding.Error(
                Tls,
                $"The certificate of {url.Host} is for {(names.Length > 0 ? string.Join(", ", names) : "another name")}. {consequence}",
                $"Use a certificate for {url.Host}, or correct CALLBACK_URI_HOST.");
        }

        var now = time.GetUtcNow();
        if (states.Contains(X509ChainStatusFlags.NotTimeValid))
        {
            return now > new DateTimeOffset(certificate.NotAfter.ToUniversalTime())
                ? Finding.Error(Tls, $"The certificate of {url.Host} expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}. {consequence}", "Renew it, and see to it that it renews itself.")
                : Finding.Error(Tls, $"A certificate of {url.Host} is not valid at this time. {consequence}", "Renew it; if it is new, set this machine's clock.");
        }

        return certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)
            ? Finding.Error(Tls, $"{url.Host} has signed its certificate itself. {consequence}", "Get one from a public authority, such as Let's Encrypt.")
            : states.Contains(X509ChainStatusFlags.PartialChain)
                ? Finding.Error(
                    Tls,
                    $"The certificate of {url.Host} cannot be followed to a trusted authority: an intermediate certificate is not sent along, or the authority is not a public one. {consequence}",
                    "Let the load balancer send the full chain (fullchain.pem, not cert.pem). Browsers hide this, since they fetch what is missing.")
                : Finding.Error(Tls, $"The certificate of {url.Host} is not trusted: {string.Join(", ", states)}. {consequence}", "Get one from a public authority, such as Let's Encrypt, and send the full chain.");
    }

    private static Finding Unreached(Uri url, Exception exception) => exception is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
        ? Finding.Error("connection", $"Nothing listens at {url.Authority}.", "Start the load balancer, or correct host and port in CALLBACK_URI_HOST.")
        : Finding.Error("connection", $"{url.Authority} cannot be reached from here.", "Is a firewall in between? Twilio's addresses are many and change: port 443 must be open to all.");

    private static bool IsUnreached(Exception exception, CancellationToken cancellationToken) =>
        exception is SocketException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static bool IsPrivate(IPAddress given)
    {
        var address = given.IsIPv4MappedToIPv6 ? given.MapToIPv4() : given;
        return IPAddress.IsLoopback(address)
            || address.IsIPv6LinkLocal
            || address.IsIPv6UniqueLocal
            || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [10, ..] or [172, >= 16 and < 32, ..] or [192, 168, ..] or [169, 254, ..] or [100, >= 64 and < 128, ..]);
    }
}
