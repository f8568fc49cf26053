using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Burqi.Catalog.Recordings.Play;

/// <summary>What of an object a request gets: the preconditions and the range of RFC 9110 §13 and §14, decided without touching the object.</summary>
/// <param name="Status">200, 206, 304, 412 or 416.</param>
/// <param name="Offset">The first byte to send.</param>
/// <param name="Length">How many bytes to send; for 304, 412 and 416 none.</param>
internal sealed record ContentSelection(int Status, long Offset, long Length)
{
    public static ContentSelection Of(HttpRequest request, EntityTagHeaderValue entityTag, DateTimeOffset lastModified, long size)
    {
        var headers = request.GetTypedHeaders();
        if (!IsWanted(headers, entityTag, lastModified))
        {
            return new(StatusCodes.Status412PreconditionFailed, 0, 0);
        }

        if (IsKnown(headers, entityTag, lastModified))
        {
            return new(StatusCodes.Status304NotModified, 0, 0);
        }

        // Ranges are defined for GET alone. Several at once get the whole, as §14.2 allows: no player asks for them, and a multipart
        // answer would cost a request to the store for each.
        if (!HttpMethods.IsGet(request.Method)
            || headers.Range is not { Ranges.Count: 1 } range
            || !range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)
            || !StillHolds(headers.IfRange, entityTag, lastModified))
        {
            return new(StatusCodes.Status200OK, 0, size);
        }

        return Select(range.Ranges.First(), size);
    }

    private static ContentSelection Select(RangeItemHeaderValue range, long size)
    {
        // "-500" is the last 500 bytes, "500-" all from there on; an end beyond the object is the object's.
        var first = range.From ?? Math.Max(0, size - range.To!.Value);
        var last = range.From is null ? size - 1 : Math.Min(range.To ?? size - 1, size - 1);
        return first > last || first >= size
            ? new(StatusCodes.Status416RangeNotSatisfiable, 0, 0)
            : new(StatusCodes.Status206PartialContent, first, last - first + 1);
    }

    private static bool IsWanted(RequestHeaders headers, EntityTagHeaderValue entityTag, DateTimeOffset lastModified) =>
        headers.IfMatch is { Count: > 0 } tags
            ? tags.Any(tag => IsAny(tag) || tag.Compare(entityTag, useStrongComparison: true))
            : headers.IfUnmodifiedSince is not { } since || lastModified <= since;

    private static bool IsKnown(RequestHeaders headers, EntityTagHeaderValue entityTag, DateTimeOffset lastModified) =>
        headers.IfNoneMatch is { Count: > 0 } tags
            ? tags.Any(tag => IsAny(tag) || tag.Compare(entityTag, useStrongComparison: false))
            : headers.IfModifiedSince is { } since && lastModified <= since;

    // A date stands for the object only when it is exactly its own (§13.1.5).
    private static bool StillHolds(RangeConditionHeaderValue? condition, EntityTagHeaderValue entityTag, DateTimeOffset lastModified) =>
        condition is null
        || (condition.EntityTag?.Compare(entityTag, useStrongComparison: true) ?? condition.LastModified == lastModified);

    private static bool IsAny(EntityTagHeaderValue tag) => tag.Tag.Equals("*", StringComparison.Ordinal);
}
