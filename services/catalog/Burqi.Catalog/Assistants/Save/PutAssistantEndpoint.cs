using System.ComponentModel;
using System.Text.Json;
using Burqi.Access;
using Burqi.Catalog.Assistants.Announce;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Assistants.Save;

internal static class PutAssistantEndpoint
{
    private const int LargestBody = 64 * 1024;

    // A property that comes twice leaves open which is meant.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public static void MapPutAssistant(this IEndpointRouteBuilder routes) => routes.MapPut("/assistants/{id}", HandleAsync)
        .WithName("putAssistant")
        .RequireScope(Scopes.AssistantsWrite)
        .WithTags("assistants")
        .WithSummary("Creates or replaces an assistant")
        .WithDescription(
            "The whole assistant: what the body leaves out takes its default. Calls that begin once the services have heard of it go by it. "
            + "With If-Match only the version of that entity tag is replaced, with If-None-Match: * only a new one is created.")
        .Accepts<AssistantContent>("application/json")
        .Produces<Assistant>()
        .Produces<Assistant>(StatusCodes.Status201Created)
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<IResult> HandleAsync(
        [FromRoute(Name = "id"), Description("The assistant's id, chosen by the client.")] string id,
        HttpContext context,
        SaveAssistantCommand save,
        AnnouncementBell bell,
        CancellationToken cancellationToken)
    {
        // The same whether there is such an assistant or not.
        if (!Caller.Of(context).MaySee(id))
        {
            return CatalogProblems.NoSuchAssistant();
        }

        if (!context.Request.HasJsonContentType())
        {
            return CatalogProblems.Problem(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json.");
        }

        if (await ReadBodyAsync(context.Request, cancellationToken) is not { } body)
        {
            return CatalogProblems.Problem(StatusCodes.Status413PayloadTooLarge, $"The body has more than {LargestBody} bytes.");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, Strict);
        }
        catch (JsonException)
        {
            return Invalid(new(StringComparer.Ordinal) { ["body"] = ["The body is not JSON, or a property comes twice in it."] });
        }

        using (document)
        {
            if (AssistantReader.Read(id, document.RootElement, out var errors) is not { } content)
            {
                return Invalid(errors);
            }

            if (await save.ExecuteAsync(Caller.Of(context), id, content, AssistantPreconditions.Of(context.Request), cancellationToken) is not { } assistant)
            {
                return CatalogProblems.AssistantChanged();
            }

            bell.Ring();
            context.Response.GetTypedHeaders().ETag = assistant.EntityTag;
            return assistant.CreatedAt == assistant.UpdatedAt
                ? TypedResults.Created($"/assistants/{id}", assistant)
                : TypedResults.Ok(assistant);
        }
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > LargestBody)
        {
            return null;
        }

        // One byte more than is allowed tells too much from just enough.
        var buffer = new byte[LargestBody + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > LargestBody)
        {
            return null;
        }

        return buffer.AsMemory(0, length);
    }

    private static ValidationProblem Invalid(Dictionary<string, string[]> errors) => TypedResults.ValidationProblem(errors);
}
