using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Burqi.Cli.Doctor.Twilio;

/// <summary>How the public host is reached from here.</summary>
/// <param name="ConnectTo">Where to connect instead of where DNS says; null goes by DNS.</param>
/// <param name="Roots">Whom to trust instead of the authorities this machine trusts; null for those.</param>
internal sealed record DoctorNetwork(DnsEndPoint? ConnectTo = null, X509Certificate2Collection? Roots = null)
{
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    public async Task<Socket> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectTimeout);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(ConnectTo ?? endPoint, limit.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The rules by which Twilio looks at a certificate: a trusted authority, and every certificate up to it sent along.</summary>
    public X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy
        {
            // A browser fetches what the server leaves out; Twilio does not.
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        if (Roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(Roots);
        }

        return policy;
    }

    public SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectCallback = async (context, cancellationToken) => new NetworkStream(await ConnectAsync(context.DnsEndPoint, cancellationToken), ownsSocket: true),
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = ChainPolicy() },
    };
}
