using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Burqi.Archiver.Http;

/// <summary>A database that is away is not our client's fault and not for ever: 503, and when to come again.</summary>
internal sealed class OutageFilter : IEndpointFilter
{
    private const string RetryAfterSeconds = "5";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (NpgsqlException exception) when (exception.IsTransient)
        {
            context.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
            return TypedResults.Problem("The archiver's database cannot be reached at the moment.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
