using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Concierge.Server.Load;

/// <summary>A certificate of this machine for one run of <c>--tls</c>: the Realtime server's, the node's, and what both trust.</summary>
internal sealed class LoadCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concierge-load-").FullName;

    public LoadCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=concierge load", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        Certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(CertificatePath, Certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
    }

    public X509Certificate2 Certificate { get; }

    private string CertificatePath => Path.Combine(_folder, "certificate.pem");

    private string KeyPath => Path.Combine(_folder, "key.pem");

    /// <summary>Has a process serve and trust it: ours by its settings, others by the name that OpenSSL and Node.js read.</summary>
    public void AddTo(Dictionary<string, string?> environment)
    {
        environment["TLS_CERTIFICATE"] = CertificatePath;
        environment["TLS_KEY"] = KeyPath;
        environment["SSL_CERT_FILE"] = CertificatePath;
        environment["NODE_EXTRA_CA_CERTS"] = CertificatePath;
    }

    public void Dispose()
    {
        Certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
