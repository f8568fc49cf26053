namespace Burqi.Catalog.Content.Redirect;

/// <summary>A store that a client can be sent to, by an address that opens one object for a while.</summary>
internal interface IPresignedContent : IRecordingContent
{
    /// <summary>The address; null where this store's settings cannot make one.</summary>
    Task<Uri?> PresignAsync(string objectKey, PresignedAnswer answer, CancellationToken cancellationToken);
}

/// <summary>What the store is to answer with.</summary>
/// <param name="IsHead">Whether it will be asked by HEAD: some signatures are good for one method.</param>
/// <param name="ValidFor">How long the address is good.</param>
/// <param name="ContentType">The answer's content type.</param>
/// <param name="ContentDisposition">The answer's content disposition.</param>
internal sealed record PresignedAnswer(bool IsHead, TimeSpan ValidFor, string ContentType, string ContentDisposition)
{
    /// <summary>Kept by whoever may hear it, and asked about each time, as what is streamed.</summary>
    public const string CacheControl = "private, no-cache";
}
