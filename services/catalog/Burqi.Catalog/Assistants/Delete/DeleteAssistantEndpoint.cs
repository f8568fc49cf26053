using System.ComponentModel;
using Burqi.Access;
using Burqi.Assistants;
using Burqi.Catalog.Assistants.Announce;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Assistants.Delete;

internal static class DeleteAssistantEndpoint
{
    public static void MapDeleteAssistant(this IEndpointRouteBuilder routes) => routes.MapDelete("/assistants/{id}", HandleAsync)
        .WithName("deleteAssistant")
        .RequireScope(Scopes.AssistantsWrite)
        .WithTags("assistants")
        .WithSummary("Deletes an assistant")
        .WithDescription(
            "Calls that begin once the services have heard of it are handled as if it had never been; calls and recordings of it stay. "
            + "With If-Match only the version of that entity tag is deleted.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        [FromRoute(Name = "id"), Description("The assistant's id.")] string id,
        HttpRequest request,
        DeleteAssistantCommand delete,
        AnnouncementBell bell,
        CancellationToken cancellationToken)
    {
        var caller = Caller.Of(request.HttpContext);
        if (!caller.MaySee(id))
        {
            return CatalogProblems.NoSuchAssistant();
        }

        var preconditions = AssistantPreconditions.Of(request);
        if (AssistantId.IsValid(id) && await delete.ExecuteAsync(caller, id, preconditions, cancellationToken))
        {
            bell.Ring();
            return TypedResults.NoContent();
        }

        return preconditions.MustExist ? CatalogProblems.AssistantChanged() : CatalogProblems.NoSuchAssistant();
    }
}
