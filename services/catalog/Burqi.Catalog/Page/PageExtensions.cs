using Burqi.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Page;

/// <summary>The web page: what a browser is given before anybody has said who they are. It holds no data; that comes through the API.</summary>
internal static class PageExtensions
{
    private const string Reason = "The page holds no data, and is where one signs in.";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void AddPage(this IServiceCollection services) => services.AddSingleton<PageFiles>();

    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        routes.MapDocument("/", PageDocument.Index);
        routes.MapDocument("/phone", PageDocument.Phone);
        routes.MapMethods("/assets/{name}", Methods, (string name, HttpContext context, PageFiles files) => files.WriteAsync(context, name))
            .OpenToAll(Reason)
            .ExcludeFromDescription();
    }

    /// <summary>Maps a document of the page. Which route leads to it is the business of whoever maps it.</summary>
    public static RouteHandlerBuilder MapDocument(this IEndpointRouteBuilder routes, string route, PageDocument document) => routes
        .MapMethods(route, Methods, (HttpContext context, PageFiles files) => files.WriteAsync(context, document))
        .OpenToAll(Reason)
        .ExcludeFromDescription();
}
