using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Burqi.Catalog;

/// <summary>The problems (RFC 9457) of more than one endpoint.</summary>
internal static class CatalogProblems
{
    private static readonly string[] NoSuchParameter = ["There is no such parameter."];

    public static ProblemHttpResult NoSuchCall() => Problem(StatusCodes.Status404NotFound, "There is no call with this call_id.");

    public static ProblemHttpResult NoSuchRecording() => Problem(StatusCodes.Status404NotFound, "There is no recording with this id.");

    public static ProblemHttpResult NoSuchRecordingOfCall() =>
        Problem(StatusCodes.Status404NotFound, "There is no recording with this id that belongs to this call.");

    public static ProblemHttpResult NoSuchAssistant() => Problem(StatusCodes.Status404NotFound, "There is no assistant with this id.");

    public static ProblemHttpResult AssistantChanged() =>
        Problem(StatusCodes.Status412PreconditionFailed, "The assistant is not, or no longer, as If-Match or If-None-Match says.");

    /// <summary>The answer to a request with parameters, of an endpoint that has none; null where it came without.</summary>
    public static ValidationProblem? AnyParameter(HttpRequest request) => request.Query.Count == 0
        ? null
        : TypedResults.ValidationProblem(request.Query.Keys.ToDictionary(name => name, _ => NoSuchParameter, StringComparer.Ordinal));

    /// <summary>The answer to whoever asks too often: when to come again.</summary>
    public static ProblemHttpResult Limited(HttpContext context, TimeSpan wait, string detail)
    {
        context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.CacheControl = "no-store";
        return Problem(StatusCodes.Status429TooManyRequests, detail);
    }

    public static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
