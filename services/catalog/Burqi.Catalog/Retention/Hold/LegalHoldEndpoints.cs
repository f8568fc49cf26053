using System.ComponentModel;
using System.Text.Json;
using Burqi.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Retention.Hold;

internal static class LegalHoldEndpoints
{
    private const string Route = "/calls/{call_id}/legal-hold";
    private const int LargestBody = 16 * 1024;
    private const int LongestReason = 1000;

    // A property that comes twice leaves open which is meant.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    public static void MapLegalHold(this IEndpointRouteBuilder routes)
    {
        routes.MapPut(Route, PlaceAsync)
            .WithName("putLegalHold")
            .RequireScope(Scopes.RecordingsDelete)
            .WithTags("retention")
            .WithSummary("Keeps a call's recordings as they are")
            .WithDescription("Nothing of the call is deleted or moved to another tier until the hold is lifted, by a policy or on request. Deletions that were asked for before cannot be taken back: being_deleted names their recordings.")
            .Accepts<LegalHoldContent>("application/json")
            .Produces<PlacedLegalHold>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapDelete(Route, LiftAsync)
            .WithName("deleteLegalHold")
            .RequireScope(Scopes.RecordingsDelete)
            .WithTags("retention")
            .WithSummary("Lifts a call's legal hold")
            .WithDescription("Policies hold for the call again: what is due by now is done with the next sweep.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> PlaceAsync(
        [FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
        HttpContext context,
        LegalHoldCommands commands,
        CancellationToken cancellationToken)
    {
        if (!context.Request.HasJsonContentType())
        {
            return CatalogProblems.Problem(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json.");
        }

        // One byte more than is allowed tells too much from just enough.
        var buffer = new byte[LargestBody + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > LargestBody)
        {
            return CatalogProblems.Problem(StatusCodes.Status413PayloadTooLarge, $"The body has more than {LargestBody} bytes.");
        }

        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (Read(buffer.AsMemory(0, length), errors) is not { } reason)
        {
            return TypedResults.ValidationProblem(errors);
        }

        return !callId.Any(char.IsControl) && await commands.PlaceAsync(callId, Caller.Of(context), reason, cancellationToken) is { } hold
            ? TypedResults.Ok(hold)
            : CatalogProblems.NoSuchCall();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> LiftAsync(
        [FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
        HttpContext context,
        LegalHoldCommands commands,
        CancellationToken cancellationToken) =>
        !callId.Any(char.IsControl) && await commands.LiftAsync(callId, Caller.Of(context), cancellationToken)
            ? TypedResults.NoContent()
            : CatalogProblems.Problem(StatusCodes.Status404NotFound, "There is no legal hold on a call with this call_id.");

    private static string? Read(ReadOnlyMemory<byte> body, Dictionary<string, string[]> errors)
    {
        string? reason = null;
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                errors["body"] = ["The body is not a JSON object."];
                return null;
            }

            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name != "reason")
                {
                    errors[member.Name] = ["There is no such property: a legal hold has a reason."];
                }
                else if (member.Value.ValueKind == JsonValueKind.String)
                {
                    reason = member.Value.GetString()!.Trim();
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            errors.Clear();
            errors["body"] = ["The body is not JSON, or a property comes twice in it, or it has text that is not Unicode."];
            return null;
        }

        if (reason is not { Length: > 0 and <= LongestReason } || reason.Contains('\0', StringComparison.Ordinal))
        {
            errors["reason"] = [$"The reason is not a text of 1 to {LongestReason} characters."];
        }

        return errors.Count == 0 ? reason : null;
    }
}
