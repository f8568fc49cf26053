using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Burqi.Acs;

/// <summary>
/// How a request is signed with an ACS resource's access key: HMAC-SHA256 over the method, the address as it is sent, the date, the host
/// and the hash of the body.
/// </summary>
internal static class AcsSignature
{
    private const string SignedHeaders = "x-ms-date;host;x-ms-content-sha256";

    /// <summary>Signs a request for the resource itself. The body is the bytes that are sent.</summary>
    public static void Sign(HttpRequestMessage request, AcsConnection connection, DateTimeOffset now, ReadOnlySpan<byte> body) =>
        Sign(request, request.RequestUri!.PathAndQuery, connection, now, body);

    /// <summary>
    /// Signs a request for a recording's content, which lies on a host of its own: as if it were sent to the resource, whose name goes along,
    /// and without the query, which is sent all the same.
    /// </summary>
    public static void SignForStorage(HttpRequestMessage request, AcsConnection connection, DateTimeOffset now)
    {
        request.Headers.TryAddWithoutValidation("x-ms-host", connection.Host);
        Sign(request, request.RequestUri!.AbsolutePath, connection, now, []);
    }

    public static string StringToSign(HttpMethod method, string path, string date, string host, string contentHash) =>
        $"{method.Method}\n{path}\n{date};{host};{contentHash}";

    private static void Sign(HttpRequestMessage request, string path, AcsConnection connection, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        var date = now.ToString("R", CultureInfo.InvariantCulture);
        var contentHash = Convert.ToBase64String(SHA256.HashData(body));
        var stringToSign = StringToSign(request.Method, path, date, connection.Host, contentHash);
        var signature = HMACSHA256.HashData(Convert.FromBase64String(connection.AccessKey), Encoding.UTF8.GetBytes(stringToSign));
        request.Headers.TryAddWithoutValidation("x-ms-date", date);
        request.Headers.TryAddWithoutValidation("x-ms-content-sha256", contentHash);
        request.Headers.Authorization = new AuthenticationHeaderValue("HMAC-SHA256", $"SignedHeaders={SignedHeaders}&Signature={Convert.ToBase64String(signature)}");
    }
}
