using Burqi.Access;
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
        .WithDescription("Follow next_cursor for the next page; on the last page it is null.")
        .WithMetadata(ListAssistantsQuery.Parameters);

    private static async Task<Results<Ok<Page<Assistant>>, ValidationProblem>> HandleAsync(
        HttpRequest request,
        ListAssistantsQuery query,
        CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        var list = ListAssistantsQuery.Parameters.Parse(request.Query, errors);
        return errors.Count > 0
            ? TypedResults.ValidationProblem(errors)
            : TypedResults.Ok(await query.ExecuteAsync(list, Caller.Of(request.HttpContext), cancellationToken));
    }
}
