using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace Burqi.AzureBlob;

/// <summary>
/// The few operations of Azure's blob service that a store of recordings needs, over its REST interface and on the pipeline of Azure's own
/// libraries, which has the retries and the sign-in. This part reads; <c>AzureBlobClient.Writing.cs</c> is for whoever may write.
/// </summary>
internal sealed partial class AzureBlobClient : IDisposable
{
    // Old enough for every cloud and emulator, new enough for all that is used here.
    private const string ApiVersion = "2021-12-02";
    private const string MetadataPrefix = "x-ms-meta-";
    private const string TokenScope = "https://storage.azure.com/.default";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // So that a changed address of the account is noticed.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly AzureBlobAccount _account;
    private readonly string _container;
    private readonly TimeProvider _clock;
    private readonly HttpPipeline _pipeline;
    private readonly HttpClientTransport _transport;

    public AzureBlobClient(AzureBlobAccount account, string container, AzureBlobClientOptions options, TimeProvider clock)
    {
        (_account, _container, _clock) = (account, container, clock);
        _transport = new HttpClientTransport(new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // a signature is good for one address
            UseCookies = false,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // the pipeline has the timeouts
        });
        _pipeline = HttpPipelineBuilder.Build(new PipelineOptions(options, _transport), Authentication(account, clock));
    }

    /// <summary>Where a blob lies, without anything that opens it.</summary>
    public Uri AddressOf(string name) => new($"{Container}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}");

    private string Container => $"{_account.Endpoint.AbsoluteUri.TrimEnd('/')}/{_container}";

    /// <summary>A blob's size in bytes; null when there is no such blob.</summary>
    /// <exception cref="AzureBlobException">The service refused, failed or was not reached; a missing container counts as that.</exception>
    public async Task<long?> FindAsync(string name, CancellationToken cancellationToken) => (await DescribeAsync(name, cancellationToken))?.Size;

    /// <summary>What stands beside a blob's content; null when there is no such blob.</summary>
    /// <exception cref="AzureBlobException">The service refused, failed or was not reached; a missing container counts as that.</exception>
    public async Task<AzureBlobDescription?> DescribeAsync(string name, CancellationToken cancellationToken)
    {
        if (!IsAddressable(name))
        {
            return null;
        }

        using var message = await SendAsync(RequestMethod.Head, name, query: "", request: null, streams: false, cancellationToken);
        var response = message.Response;
        return response.Status switch
        {
            200 => new AzureBlobDescription(response.Headers.ContentLengthLong ?? throw Failure(response), MetadataOf(response))
            {
                Tier = HeaderOf(response, "x-ms-access-tier"),
                ETag = HeaderOf(response, "ETag"),
                EncryptionScope = HeaderOf(response, "x-ms-encryption-scope"),
            },
            404 when IsMissingBlob(response) => null,
            _ => throw Failure(response),
        };
    }

    /// <summary>
    /// Opens a blob, to be read as it comes: from <paramref name="offset"/> to its end, or no more than <paramref name="length"/> bytes of it.
    /// Null when there is no such blob, or none that long.
    /// </summary>
    /// <exception cref="AzureBlobException">The service refused, failed or was not reached; a missing container counts as that.</exception>
    public async Task<AzureBlobContent?> OpenAsync(string name, long offset, long? length, CancellationToken cancellationToken)
    {
        if (!IsAddressable(name))
        {
            return null;
        }

        using var message = await SendAsync(
            RequestMethod.Get,
            name,
            query: "",
            request =>
            {
                if (offset > 0 || length is not null)
                {
                    request.Headers.Add("x-ms-range", $"bytes={offset}-{offset + length - 1}"); // without a length its end is left open
                }
            },
            streams: true,
            cancellationToken);
        var response = message.Response;
        return response.Status switch
        {
            200 or 206 => new AzureBlobContent(
                message.ExtractResponseContent() ?? Stream.Null, SizeOfAll(response) ?? throw Failure(response), MetadataOf(response)),
            404 when IsMissingBlob(response) => null,
            416 => null,
            _ => throw Failure(response),
        };
    }

    public void Dispose() => _transport.Dispose();

    private static HttpPipelinePolicy Authentication(AzureBlobAccount account, TimeProvider clock) => account switch
    {
        { Key: { } key } => new SharedKeyPolicy(account.Name, key, clock),
        { Sas: { } sas } => new SasPolicy(sas),
        _ => new BearerTokenAuthenticationPolicy(new DefaultAzureCredential(), TokenScope),
    };

    private static string? HeaderOf(Response response, string name) => response.Headers.TryGetValue(name, out var value) ? value : null;

    /// <summary>A blob's metadata; their names are lower-case here, whatever became of them on the way.</summary>
    private static Dictionary<string, string> MetadataOf(Response response) => response.Headers
        .Where(header => header.Name.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
        .ToDictionary(header => header.Name[MetadataPrefix.Length..].ToLowerInvariant(), header => header.Value);

    /// <summary>A dot for a segment would be resolved before it is sent, and lead to another blob or container: there is none of such a name.</summary>
    public static bool IsAddressable(string name) => name.Split('/').All(segment => segment is not ("" or "." or ".."));

    private async Task<HttpMessage> SendAsync(
        RequestMethod method, string? name, string query, Action<Request>? request, bool streams, CancellationToken cancellationToken)
    {
        var message = _pipeline.CreateMessage();
        try
        {
            message.BufferResponse = !streams;
            message.Request.Method = method;
            message.Request.Uri.Reset(new Uri((name is null ? Container : AddressOf(name).AbsoluteUri) + query));
            message.Request.Headers.Add("x-ms-version", ApiVersion);
            request?.Invoke(message.Request);
            await _pipeline.SendAsync(message, cancellationToken);
            return message;
        }
        catch (Exception exception)
        {
            message.Dispose();
            if (cancellationToken.IsCancellationRequested)
            {
                throw;
            }

            throw Unreached(exception);
        }
    }

    /// <summary>Content-Range of a part (<c>bytes 0-99/1234</c>), the length of the whole.</summary>
    private static long? SizeOfAll(Response response) =>
        response.Status == 206 && response.Headers.TryGetValue("Content-Range", out var range)
            ? long.TryParse(range.AsSpan(range.IndexOf('/') + 1), out var size) ? size : null
            : response.Headers.ContentLengthLong;

    private sealed class PipelineOptions : ClientOptions
    {
        // Without diagnostics: the framework tells of each request itself, and of none with its query.
        public PipelineOptions(AzureBlobClientOptions options, HttpPipelineTransport transport)
            : base(diagnostics: null)
        {
            Transport = transport;
            Diagnostics.IsLoggingEnabled = false;
            Diagnostics.IsDistributedTracingEnabled = false;
            Diagnostics.ApplicationId = "burqi";
            Retry.NetworkTimeout = options.RequestTimeout;
            RetryPolicy = new PatientPolicy(options);
        }
    }

    /// <summary>Retries as all of Azure's libraries do, but hands a long wait back to the caller, who has better to do than to sleep.</summary>
    private sealed class PatientPolicy(AzureBlobClientOptions options)
        : RetryPolicy(options.Retries, DelayStrategy.CreateExponentialDelayStrategy(options.RetryDelay, LongestWait))
    {
        private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

        protected override ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
            message.HasResponse && RetryAfter(message.Response) > LongestWait ? new(false) : base.ShouldRetryAsync(message, exception);

        private static TimeSpan? RetryAfter(Response response) =>
            response.Headers.TryGetValue("Retry-After", out var value) && int.TryParse(value, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
    }

    private sealed class SasPolicy(string sas) : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.Request.Uri.Query.Contains(sas, StringComparison.Ordinal))
            {
                return; // a further attempt of the same request
            }

            var query = message.Request.Uri.Query.TrimStart('?');
            message.Request.Uri.Query = query.Length == 0 ? sas : $"{query}&{sas}";
        }
    }
}

/// <summary>A blob, open for reading, the size of all of it, and its metadata.</summary>
internal sealed record AzureBlobContent(Stream Stream, long BlobSize, IReadOnlyDictionary<string, string> Metadata);

/// <summary>What stands beside a blob's content.</summary>
internal sealed record AzureBlobDescription(long Size, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Azure's word for its tier, such as <c>Hot</c>; null where the account has none.</summary>
    public string? Tier { get; init; }

    /// <summary>Changes with the blob.</summary>
    public string? ETag { get; init; }

    /// <summary>What it was written under.</summary>
    public string? EncryptionScope { get; init; }
}
