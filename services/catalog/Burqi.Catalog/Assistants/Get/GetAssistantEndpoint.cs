using System.ComponentModel;
using Burqi.Access;
using Burqi.Assistants;
using Burqi.Catalog.Answers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Assistants.Get;

internal static class GetAssistantEndpoint
{
    public static void MapGetAssistant(this IEndpointRouteBuilder routes) => routes.MapGet("/assistants/{id}", HandleAsync)
        .WithName("getAssistant")
        .RequireScope(Scopes.RecordingsRead)
        .WithTags("assistants")
        .WithSummary("One assistant")
        .WithDescription("The assistant with all its settings, those that took their defaults among them. The entity tag is its version.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .AnswersConditionally();

    private static async Task<Results<Ok<Assistant>, StatusCodeHttpResult, ProblemHttpResult>> HandleAsync(
        [FromRoute(Name = "id"), Description("The assistant's id.")] string id,
        HttpContext context,
        GetAssistantQuery query,
        CancellationToken cancellationToken)
    {
        if (!AssistantId.IsValid(id) || !Caller.Of(context).MaySee(id) || await query.ExecuteAsync(id, cancellationToken) is not { } assistant)
        {
            return CatalogProblems.NoSuchAssistant();
        }

        context.Response.GetTypedHeaders().ETag = assistant.EntityTag;
        return AssistantPreconditions.IsKnown(context.Request, assistant.EntityTag)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(assistant);
    }
}
