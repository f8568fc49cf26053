using System.Text.Json.Serialization;
using Burqi.Access;
using Burqi.Archiver.Http;
using Burqi.Encryption;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Archiver.Stores.Encryption.Rotation;

/// <summary>Asks for a rotation to the current key, and shows how it and others stand.</summary>
internal static class EncryptionRotationsEndpoints
{
    public static void MapEncryptionRotations(this IEndpointRouteBuilder routes)
    {
        var rotations = routes.MapGroup("/encryption-rotations").RequireAuthorization(ArchiverAccess.Policy).RequireScope(Scopes.Admin).AddEndpointFilter<OutageFilter>();
        rotations.MapPost("", PostAsync).WithName("postEncryptionRotation");
        rotations.MapGet("", ListAsync).WithName("listEncryptionRotations");
        rotations.MapGet("/{id}", GetAsync).WithName("getEncryptionRotation");
    }

    private static async Task<IResult> PostAsync(HttpContext context, RotationCommands rotations, KeyRing keys, RotationSignal signal, CancellationToken cancellationToken)
    {
        if (keys.CurrentId is not { } keyId)
        {
            return Problem(StatusCodes.Status409Conflict, "No key is configured to encrypt with, so there is none to rotate to: set BURQI_ENCRYPTION_KEY and BURQI_ENCRYPTION_KEY_ID.");
        }

        var rotation = await rotations.AddAsync(keyId, cancellationToken);
        signal.Bell.Ring();
        context.Response.Headers.Location = $"/encryption-rotations/{rotation.Id}";
        return TypedResults.Json(rotation, RotationJsonContext.Default.EncryptionRotation, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ListAsync(RotationQueries queries, CancellationToken cancellationToken) =>
        TypedResults.Json(new RotationList { Items = await queries.ListAsync(cancellationToken) }, RotationJsonContext.Default.RotationList);

    private static async Task<IResult> GetAsync([FromRoute] string id, RotationQueries queries, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "D", out var key) && await queries.GetAsync(key, cancellationToken) is { } rotation
            ? TypedResults.Json(rotation, RotationJsonContext.Default.EncryptionRotation)
            : Problem(StatusCodes.Status404NotFound, "There is no rotation with this id.");

    private static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}

/// <summary>The latest rotations.</summary>
internal sealed record RotationList
{
    public required IReadOnlyList<EncryptionRotation> Items { get; init; }

    /// <summary>Always null: there is one page.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>The API's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EncryptionRotation))]
[JsonSerializable(typeof(RotationList))]
internal sealed partial class RotationJsonContext : JsonSerializerContext;
