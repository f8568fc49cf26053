using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Database;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Burqi.Catalog;

/// <summary>A database that is away is not our client's fault and not for ever: 503, and when to come again.</summary>
internal sealed class CatalogExceptionHandler(IProblemDetailsService problems) : IExceptionHandler
{
    private const string RetryAfterSeconds = "5";

    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not (CatalogUnavailableException or AccessNotNotedException or KeysUnavailableException) && !(exception is NpgsqlException failure && CatalogDatabase.IsOutage(failure)))
        {
            return ValueTask.FromResult(false);
        }

        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        httpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
        return problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails =
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Detail = exception is AccessNotNotedException
                    ? "This access cannot be noted at the moment, and nothing is shown that is not noted."
                    : "The catalog's database cannot be reached at the moment.",
            },
        });
    }
}
