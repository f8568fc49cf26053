using Burqi.Catalog.Recordings;
using Burqi.Encryption;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Content.Redirect;

/// <summary>
/// Sends clients to the store itself, where the settings want that and the store can. What lies there must be the audio as it is: what
/// Burqi encrypted is decrypted here and passed on, like everything that cannot be fetched from elsewhere.
/// </summary>
internal sealed partial class ContentRedirect(
    IEnumerable<IPresignedContent> stores, IOptions<ContentOptions> options, ILogger<ContentRedirect> logger)
{
    /// <summary>The address to fetch the recording from; null when it has to be passed on.</summary>
    public async Task<Uri?> FindAsync(Recording recording, string store, HttpRequest request, string contentType, string contentDisposition, CancellationToken cancellationToken)
    {
        // These two compare with what a client knows by our names for it, and the store has others. What plays without a key of its own is our page,
        // in a session or by a share link: it plays from our own origin alone, and an address of the store's would outlive the link.
        if (!options.Value.Redirect || request.Headers.IfMatch.Count > 0 || request.Headers.IfUnmodifiedSince.Count > 0
            || (request.Headers.Authorization.Count == 0 && contentDisposition.StartsWith("inline", StringComparison.Ordinal))
            || stores.FirstOrDefault(candidate => candidate.Store == store) is not { } presigned)
        {
            return null;
        }

        try
        {
            var answer = new PresignedAnswer(HttpMethods.IsHead(request.Method), options.Value.RedirectFor, contentType, contentDisposition);
            return await presigned.FindAsync(recording.S3Key!, cancellationToken) is { } found
                && found.ObjectSize == recording.FileSize && !found.IsArchived && !Envelope.IsIn(found.Metadata)
                ? await presigned.PresignAsync(recording.S3Key!, answer, cancellationToken)
                : null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotPresigned(logger, recording.Id, store, exception.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5180, LogLevel.Warning, "No address could be made under which a client fetches recording {RecordingId} from store {Store}: it is passed on. {Reason}")]
        public static partial void NotPresigned(ILogger logger, Guid recordingId, string store, string reason);
    }
}
