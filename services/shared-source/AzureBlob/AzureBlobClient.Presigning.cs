using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Azure;
using Azure.Core;

namespace Burqi.AzureBlob;

/// <summary>Addresses that open one blob for a while, for somebody who has nothing else that opens it.</summary>
internal sealed partial class AzureBlobClient
{
    // Long enough to ask seldom, short enough to notice soon that the identity may no longer.
    private static readonly TimeSpan DelegationKeyLifetime = TimeSpan.FromHours(6);

    // The service's clock may be behind ours.
    private static readonly TimeSpan DelegationKeyLead = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _delegation = new(1);
    private AzureDelegationKey? _delegationKey;

    /// <summary>
    /// The address of a blob, with a signature that lets whoever has it read it for a while. Null where what we were given cannot sign: a
    /// shared access signature makes no other.
    /// </summary>
    /// <exception cref="AzureBlobException">The service gave our identity no key to sign with.</exception>
    public async Task<Uri?> PresignAsync(
        string name, TimeSpan validFor, string cacheControl, string contentDisposition, string contentType, CancellationToken cancellationToken)
    {
        if (_account.Sas is not null || !IsAddressable(name))
        {
            return null;
        }

        var sas = new AzureBlobSas
        {
            Account = _account.Name,
            Container = _container,
            Blob = name,
            ExpiresOn = _clock.GetUtcNow() + validFor,
            HttpsOnly = _account.Endpoint.Scheme == Uri.UriSchemeHttps,
            Version = ApiVersion,
            CacheControl = cacheControl,
            ContentDisposition = contentDisposition,
            ContentType = contentType,
        };
        var query = _account.Key is { } key ? sas.Sign(key) : sas.Sign(await DelegationKeyAsync(sas.ExpiresOn, cancellationToken));
        return new Uri($"{AddressOf(name).AbsoluteUri}?{query}");
    }

    private async Task<AzureDelegationKey> DelegationKeyAsync(DateTimeOffset goodUntil, CancellationToken cancellationToken)
    {
        await _delegation.WaitAsync(cancellationToken);
        try
        {
            if (_delegationKey is null || _delegationKey.ExpiresOn < goodUntil)
            {
                var now = _clock.GetUtcNow();
                _delegationKey = await AskForDelegationKeyAsync(now - DelegationKeyLead, goodUntil + DelegationKeyLifetime, cancellationToken);
            }

            return _delegationKey;
        }
        finally
        {
            _delegation.Release();
        }
    }

    private async Task<AzureDelegationKey> AskForDelegationKeyAsync(DateTimeOffset startsOn, DateTimeOffset expiresOn, CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(new Uri($"{_account.Endpoint.AbsoluteUri.TrimEnd('/')}/?restype=service&comp=userdelegationkey"));
        message.Request.Headers.Add("x-ms-version", ApiVersion);
        message.Request.Headers.Add("Content-Type", "application/xml");
        message.Request.Content = RequestContent.Create(Encoding.UTF8.GetBytes(
            $"<?xml version=\"1.0\" encoding=\"utf-8\"?><KeyInfo><Start>{Time(startsOn)}</Start><Expiry>{Time(expiresOn)}</Expiry></KeyInfo>"));
        try
        {
            await _pipeline.SendAsync(message, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreached(exception);
        }

        return message.Response.Status == 200 ? ReadDelegationKey(message.Response) : throw Failure(message.Response);

        static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    private AzureDelegationKey ReadDelegationKey(Response response)
    {
        try
        {
            var key = XDocument.Load(response.ContentStream!).Root!;
            return new AzureDelegationKey(
                Value("SignedOid"),
                Value("SignedTid"),
                DateTimeOffset.Parse(Value("SignedStart"), CultureInfo.InvariantCulture),
                DateTimeOffset.Parse(Value("SignedExpiry"), CultureInfo.InvariantCulture),
                Value("SignedService"),
                Value("SignedVersion"),
                Value("Value"));

            string Value(string name) => key.Element(name)?.Value ?? throw new FormatException(name);
        }
        catch (Exception exception) when (exception is XmlException or FormatException)
        {
            throw new AzureBlobException("Azure Blob storage answered with a key for signatures that cannot be read.", response.Status, code: null, exception);
        }
    }
}
