using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Burqi.Catalog.Access;

/// <summary>A small JSON object that a client sent, read to the letter: a property that is not known, or comes twice, leaves open what is meant.</summary>
internal static class JsonBody
{
    private const int LargestBody = 32 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>The object; or what is answered where it is none. A body that is empty counts as <c>{}</c> where <paramref name="isOptional"/>.</summary>
    public static async Task<(JsonDocument? Document, IResult? Problem)> ReadAsync(HttpRequest request, bool isOptional, CancellationToken cancellationToken)
    {
        if (!(isOptional && request.ContentType is null) && !request.HasJsonContentType())
        {
            return (null, CatalogProblems.Problem(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json."));
        }

        // One byte more than is allowed tells too much from just enough.
        var buffer = new byte[LargestBody + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > LargestBody)
        {
            return (null, CatalogProblems.Problem(StatusCodes.Status413PayloadTooLarge, $"The body has more than {LargestBody} bytes."));
        }

        try
        {
            var document = JsonDocument.Parse(isOptional && length == 0 ? "{}"u8.ToArray() : buffer.AsMemory(0, length), Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return (document, null);
            }

            document.Dispose();
            return (null, Invalid("body", "The body is not a JSON object."));
        }
        catch (JsonException)
        {
            return (null, Invalid("body", "The body is not JSON, or a property comes twice in it."));
        }
    }

    /// <summary>A text without control characters; null where the value is none, or is longer, or is not Unicode.</summary>
    public static string? Text(JsonElement value, int longest)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Length <= longest && !text.Any(char.IsControl) ? text : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return null;
        }
    }

    public static ValidationProblem Invalid(string name, string error) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [name] = [error] });
}
