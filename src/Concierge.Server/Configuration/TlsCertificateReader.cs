using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Concierge.Server.Configuration;

/// <summary>Reads the certificate that the node itself serves: <c>TLS_CERTIFICATE</c> and <c>TLS_KEY</c>, both PEM files, belong together.</summary>
internal static class TlsCertificateReader
{
    public static X509Certificate2? Read(SettingReader settings)
    {
        string? certificate = settings.Text(SettingNames.TlsCertificate);
        string? key = settings.Text(SettingNames.TlsKey);
        if (certificate is null && key is null)
        {
            return null;
        }

        if (certificate is null)
        {
            settings.Error(SettingNames.TlsCertificate, "it is missing although TLS_KEY is set", "set the PEM file of the certificate, or leave both out");
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            settings.Error(SettingNames.TlsCertificate, $"the certificate or its key cannot be read: {exception.Message}", "set TLS_CERTIFICATE and TLS_KEY to two PEM files that belong together");
            return null;
        }
    }
}
