using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Burqi.Catalog.Assistants;

/// <summary>What a change of an assistant is bound to (RFC 9110 §13): so that of two who edit at once the second does not undo the first.</summary>
/// <param name="MustExist"><c>If-Match</c> was given.</param>
/// <param name="Versions">The versions that it names; null: any, or <c>If-Match</c> was not given.</param>
/// <param name="MustNotExist"><c>If-None-Match: *</c> was given: only a new one is wanted.</param>
internal sealed record AssistantPreconditions(bool MustExist, long[]? Versions, bool MustNotExist)
{
    public bool Any => MustExist || MustNotExist;

    public static AssistantPreconditions Of(HttpRequest request)
    {
        var headers = request.GetTypedHeaders();
        var match = headers.IfMatch;
        var mustExist = request.Headers.ContainsKey(HeaderNames.IfMatch);
        return new(
            mustExist,
            // A tag that is none of ours names no version: it matches nothing.
            mustExist && !match.Any(IsAny) ? [.. match.Where(tag => !tag.IsWeak).Select(Version).OfType<long>()] : null,
            headers.IfNoneMatch.Any(IsAny));
    }

    /// <summary>Whether the client has this very version already (<c>If-None-Match</c> of a GET).</summary>
    public static bool IsKnown(HttpRequest request, EntityTagHeaderValue entityTag) =>
        new RequestHeaders(request.Headers).IfNoneMatch.Any(tag => IsAny(tag) || tag.Compare(entityTag, useStrongComparison: false));

    private static bool IsAny(EntityTagHeaderValue tag) => tag.Tag.Equals("*", StringComparison.Ordinal);

    private static long? Version(EntityTagHeaderValue tag) =>
        long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}
