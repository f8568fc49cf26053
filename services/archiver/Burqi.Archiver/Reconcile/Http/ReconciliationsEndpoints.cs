using System.Globalization;
using System.Text.Json;
using Burqi.Access;
using Burqi.Archiver.Http;
using Burqi.Archiver.Reconcile.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Reconcile.Http;

/// <summary>Asks for a run, and shows what came of it and of others.</summary>
internal static class ReconciliationsEndpoints
{
    private const int LargestBody = 4 * 1024;

    // A property that comes twice leaves open which is meant.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    public static void MapReconciliations(this IEndpointRouteBuilder routes)
    {
        var reconciliations = routes.MapGroup("/reconciliations").RequireAuthorization(ArchiverAccess.Policy).RequireScope(Scopes.Admin).AddEndpointFilter<OutageFilter>();
        reconciliations.MapPost("", PostAsync).WithName("postReconciliation");
        reconciliations.MapGet("", ListAsync).WithName("listReconciliations");
        reconciliations.MapGet("/{id}", GetAsync).WithName("getReconciliation");
    }

    private static async Task<IResult> PostAsync(
        HttpContext context,
        IEnumerable<IProviderRecordings> providers,
        AddReconciliationCommand add,
        ReconcileSignals signals,
        IOptions<ReconcileOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!context.Request.HasJsonContentType())
        {
            return Problem(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json.");
        }

        // One byte more than is allowed tells too much from just enough.
        var buffer = new byte[LargestBody + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > LargestBody)
        {
            return Problem(StatusCodes.Status413PayloadTooLarge, $"The body has more than {LargestBody} bytes.");
        }

        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        ReconciliationRequest? request;
        try
        {
            using var document = JsonDocument.Parse(buffer.AsMemory(0, length), Strict);
            request = ReconciliationRequest.Read(document.RootElement, providers, options.Value, clock.GetUtcNow(), errors);
        }
        catch (JsonException)
        {
            errors["body"] = ["The body is not JSON, or a property comes twice in it."];
            request = null;
        }
        catch (InvalidOperationException)
        {
            errors.Clear(); // whatever was noted is noted of a part
            errors["body"] = ["The body has text that is not Unicode."];
            request = null;
        }

        if (request is null)
        {
            return TypedResults.ValidationProblem(errors);
        }

        if (request.Provider.Lack is { } lack)
        {
            return Problem(StatusCodes.Status409Conflict, lack);
        }

        if (await add.ExecuteAsync(request.Provider.Provider, request.From, request.To, cancellationToken) is not { } run)
        {
            return Problem(
                StatusCodes.Status409Conflict,
                string.Create(CultureInfo.InvariantCulture, $"{AddReconciliationCommand.MostWaiting} reconciliations are waiting already: ask again when one has ended."));
        }

        signals.Runs.Ring();
        context.Response.Headers.Location = $"/reconciliations/{run.Id}";
        return TypedResults.Json(ReconciliationView.Of(run), ReconciliationViewJsonContext.Default.ReconciliationView, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ListAsync(ReconciliationQueries queries, CancellationToken cancellationToken)
    {
        var runs = await queries.ListAsync(cancellationToken);
        return TypedResults.Json(
            new ReconciliationList { Items = [.. runs.Select(ReconciliationView.Of)] }, ReconciliationViewJsonContext.Default.ReconciliationList);
    }

    private static async Task<IResult> GetAsync([FromRoute] string id, ReconciliationQueries queries, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "D", out var key) && await queries.GetAsync(key, cancellationToken) is { } found
            ? TypedResults.Json(ReconciliationView.Of(found), ReconciliationViewJsonContext.Default.ReconciliationView)
            : Problem(StatusCodes.Status404NotFound, "There is no reconciliation with this id.");

    private static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
