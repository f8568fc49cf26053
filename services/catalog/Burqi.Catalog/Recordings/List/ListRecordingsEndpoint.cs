using Burqi.Access;
using Burqi.Catalog.Answers;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Lists;
using Burqi.Catalog.Recordings.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Recordings.List;

internal static class ListRecordingsEndpoint
{
    public static void MapListRecordings(this IEndpointRouteBuilder routes) => routes.MapGet("/recordings", HandleAsync)
        .WithName("listRecordings")
        .RequireScope(Scopes.RecordingsRead)
        .WithTags("recordings")
        .WithSummary("Recordings, by start, the latest first")
        .WithDescription("All filters together must hold. Follow next_cursor for the next page, with the same filters and the same sort, or the Link of rel=next; on the last page there is neither.")
        .WithMetadata(ListRecordingsQuery.Parameters)
        .AnswersConditionally();

    private static async Task<Results<Ok<Page<Recording>>, ValidationProblem>> HandleAsync(
        HttpContext context,
        ListRecordingsQuery query,
        AccessLog accesses,
        CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        var list = ListRecordingsQuery.Parameters.Parse(context.Request.Query, errors);
        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var page = await query.ExecuteAsync(list, Caller.Of(context), cancellationToken);
        await accesses.NoteAsync(
            context, RecordingEventNames.Listed, callId: null, recordingId: null, ListAccess.Details("recordings", context.Request.Query), cancellationToken);
        NextPage.Link(context, page.NextCursor);
        return TypedResults.Ok(page);
    }
}
