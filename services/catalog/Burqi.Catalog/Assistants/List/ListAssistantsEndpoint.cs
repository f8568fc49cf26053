using Burqi.Access;
using Burqi.Catalog.Answers;
using Burqi.Catalog.Lists;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Assistants.List;

internal static class ListAssistantsEndpoint
{
    public static void MapListAssistants(this IEndpointRouteBuilder routes) => routes.MapGet("/assistants", HandleAsync)
        .WithName("listAssistants")
        .RequireScope(Scopes.RecordingsRead)
        .WithTags("assistants")
        .WithSummary("Assistants, the latest created first")
        .WithDescription("Follow next_cursor for the next page; or the Link of rel=next; on the last page there is neither.")
        .WithMetadata(ListAssistantsQuery.Parameters)
        .AnswersConditionally();

    private static async Task<Results<Ok<Page<Assistant>>, ValidationProblem>> HandleAsync(
        HttpContext context,
        ListAssistantsQuery query,
        CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        var list = ListAssistantsQuery.Parameters.Parse(context.Request.Query, errors);
        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var page = await query.ExecuteAsync(list, Caller.Of(context), cancellationToken);
        NextPage.Link(context, page.NextCursor);
        return TypedResults.Ok(page);
    }
}
