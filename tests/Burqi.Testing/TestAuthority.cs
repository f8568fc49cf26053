using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Burqi.Testing;

/// <summary>A certificate authority for tests, with one authority below it that signs servers' certificates, as public ones do.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly TimeProvider time;
    private readonly X509Certificate2 root;
    private readonly X509Certificate2 intermediate;

    /// <summary>Makes it.</summary>
    /// <param name="time">By which its certificates are valid.</param>
    public TestAuthority(TimeProvider time)
    {
        this.time = time;
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Burqi test root", rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root = request.CreateSelfSigned(time.GetUtcNow().AddYears(-2), time.GetUtcNow().AddYears(2));

        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        request = new CertificateRequest("CN=Burqi test intermediate", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        intermediate = request.Create(root, time.GetUtcNow().AddYears(-1), time.GetUtcNow().AddYears(1), RandomNumberGenerator.GetBytes(8)).CopyWithPrivateKey(key);
    }

    /// <summary>The root, for those who are to trust it.</summary>
    public X509Certificate2Collection Roots => [X509CertificateLoader.LoadCertificate(root.RawData)];

    /// <summary>The root, as a file's text.</summary>
    public string RootPem => root.ExportCertificatePem();

    /// <summary>A certificate for a host and its key, as PEM.</summary>
    /// <param name="host">The name it is for.</param>
    /// <param name="expires">When it expires, from now; before now for one that has.</param>
    /// <param name="isSelfSigned">Whether no authority signs it.</param>
    /// <param name="isWhole">Whether the intermediate authority's certificate is put behind it.</param>
    public (string Certificates, string Key) Issue(string host, TimeSpan? expires = null, bool isSelfSigned = false, bool isWhole = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + host, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var from = time.GetUtcNow().AddDays(-60);
        var until = time.GetUtcNow() + (expires ?? TimeSpan.FromDays(60));
        using var leaf = isSelfSigned ? request.CreateSelfSigned(from, until) : request.Create(intermediate, from, until, RandomNumberGenerator.GetBytes(8));
        var chain = isWhole && !isSelfSigned ? "\n" + intermediate.ExportCertificatePem() : "";
        return (leaf.ExportCertificatePem() + chain, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Lets the keys go.</summary>
    public void Dispose()
    {
        root.Dispose();
        intermediate.Dispose();
    }
}
