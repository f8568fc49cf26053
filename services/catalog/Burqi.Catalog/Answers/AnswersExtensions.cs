using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Answers;

/// <summary>What answers have in common.</summary>
internal static class AnswersExtensions
{
    public static void AddAnswers(this IServiceCollection services) => services.AddTransient<IStartupFilter, AnswerHeaders>();

    /// <summary>A route that reads rows: it answers HEAD as it would GET, and <c>If-None-Match</c> with 304.</summary>
    public static RouteHandlerBuilder AnswersConditionally(this RouteHandlerBuilder endpoint)
    {
        endpoint.Add(builder =>
        {
            foreach (var methods in builder.Metadata.OfType<IHttpMethodMetadata>().ToArray())
            {
                builder.Metadata.Remove(methods);
            }

            builder.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
        });
        return endpoint.AddEndpointFilter<ConditionalAnswer>().Produces(StatusCodes.Status304NotModified);
    }
}
