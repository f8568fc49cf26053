using Microsoft.AspNetCore.Http;

namespace Burqi.Catalog.Lists;

/// <summary>The <c>Link</c> to the next page (RFC 8288), with the same filters: a client need not know how pages are asked for.</summary>
internal static class NextPage
{
    /// <summary>To be called before the answer begins. On the last page there is no link.</summary>
    public static void Link(HttpContext context, string? nextCursor)
    {
        if (nextCursor is null)
        {
            return;
        }

        // Written anew from what was understood: whatever stood in the request, here it is escaped.
        var request = context.Request;
        var query = QueryString.Create(request.Query
            .Where(parameter => parameter.Key != ListParameters.Cursor)
            .Append(new(ListParameters.Cursor, nextCursor)));
        context.Response.Headers.Link = $"<{request.PathBase.Add(request.Path).ToUriComponent()}{query.ToUriComponent()}>; rel=\"next\"";
    }
}
