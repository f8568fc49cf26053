using System.Net;
using System.Net.Http.Headers;
using Burqi.Archiver.ArchiveRecording;

namespace Burqi.Archiver.Sources;

/// <summary>By what the content of an answer is known again: that what is read later is the rest of the same file.</summary>
/// <param name="Size">How many bytes the whole has; null where the source does not say.</param>
/// <param name="Tag">Its strong ETag; null where it has none.</param>
/// <param name="ModifiedAt">When it was last changed, where that names one version only.</param>
internal sealed record SourceVersion(long? Size, EntityTagHeaderValue? Tag, DateTimeOffset? ModifiedAt)
{
    private const string Bytes = "bytes";

    // By the second, as it is told: something may be changed twice within one.
    private static readonly TimeSpan SureAfter = TimeSpan.FromSeconds(1);

    /// <summary>The condition of a request for the rest; null where nothing tells one version from another.</summary>
    public RangeConditionHeaderValue? Condition => (Tag, ModifiedAt) switch
    {
        ({ } tag, _) => new RangeConditionHeaderValue(tag),
        (_, { } time) => new RangeConditionHeaderValue(time),
        _ => null,
    };

    /// <summary>The version in an answer with all of the content.</summary>
    /// <exception cref="TransferException">The answer contradicts itself.</exception>
    public static SourceVersion Of(HttpResponseMessage response)
    {
        var headers = response.Content.Headers;
        var size = headers.ContentLength;
        if (headers.ContentRange is null && response.StatusCode == HttpStatusCode.PartialContent)
        {
            throw FalseRange(range: null, from: 0, size: null);
        }

        if (headers.ContentRange is { } range)
        {
            // Some say that all of it is a range of it, also where nobody asked for one.
            var isWhole = range is { Unit: Bytes, From: 0, To: { } last } && (range.Length is null || range.Length == last + 1) && (size is null || size == last + 1);
            size = isWhole ? range.To + 1 : throw FalseRange(range, from: 0, size: null);
        }

        var isSure = response.Headers.Date - headers.LastModified >= SureAfter;
        var isRanged = !response.Headers.AcceptRanges.Contains("none");
        return new SourceVersion(
            size, isRanged && response.Headers.ETag is { IsWeak: false } tag ? tag : null, isRanged && isSure ? headers.LastModified : null);
    }

    /// <summary>Makes sure that an answer holds the rest of this content from <paramref name="from"/> on.</summary>
    /// <exception cref="TransferException">It holds something else.</exception>
    public void Check(HttpResponseMessage rest, long from)
    {
        var isOther = rest.StatusCode switch
        {
            HttpStatusCode.PartialContent => Tag is null ? rest.Content.Headers.LastModified is { } time && time != ModifiedAt : !Tag.Equals(rest.Headers.ETag),
            _ => true, // from the first byte on, or nothing at all where this one had more
        };
        var headers = rest.Content.Headers;
        if (isOther || (headers.ContentRange?.Length is { } length && Size is { } size && length != size))
        {
            throw Changed();
        }

        if (headers.ContentRange is not { Unit: Bytes, From: { } first, To: { } last } range
            || first != from
            || last >= (Size ?? range.Length ?? long.MaxValue)
            || (headers.ContentLength is { } sent && sent != last - first + 1))
        {
            throw FalseRange(headers.ContentRange, from, Size);
        }
    }

    /// <summary>Whether an answer with all of the content is this version again.</summary>
    public bool IsAgain(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.OK
        && response.Content.Headers.ContentLength == Size
        && (Tag is null ? response.Content.Headers.LastModified == ModifiedAt : Tag.Equals(response.Headers.ETag));

    public static TransferException Changed() => new(
        TransferFailure.ContentMismatch, "The source has another file now than the one that was being read: it is fetched anew from its first byte.");

    private static TransferException FalseRange(ContentRangeHeaderValue? range, long from, long? size) => new(
        TransferFailure.ContentMismatch,
        $"The source answered with a false Content-Range: {(range is null ? "none" : $"'{range}'")} where the bytes from {from}{(size is null ? "" : $" of {size}")} were asked for.");
}
