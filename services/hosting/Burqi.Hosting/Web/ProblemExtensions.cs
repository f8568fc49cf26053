using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Hosting.Web;

/// <summary>Errors as RFC 9457 problems that carry the trace id and nothing of the exception.</summary>
internal static class ProblemExtensions
{
    private const string TraceId = "trace_id";

    public static IServiceCollection AddProblems(this IServiceCollection services) =>
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            var extensions = context.ProblemDetails.Extensions;
            extensions.Remove("traceId");
            extensions.Remove("exception");
            extensions[TraceId] = Activity.Current?.TraceId.ToHexString() ?? context.HttpContext.TraceIdentifier;
        });

    public static WebApplication UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = exception => exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
        });
        app.UseStatusCodePages();
        return app;
    }
}
