using Burqi.Catalog.Access;
using Burqi.Catalog.Lists;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Burqi.Catalog.OpenApi;

/// <summary>The API's document, <c>/openapi/v1.json</c>. It needs a key like all the rest: what a server offers is for those it serves.</summary>
internal static class CatalogOpenApi
{
    private const string SecurityScheme = "bearer";

    public static void AddCatalogOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        // Other services may share the process; this document is about what a catalog key opens.
        options.ShouldInclude = description => description.ActionDescriptor.EndpointMetadata
            .OfType<IAuthorizeData>()
            .Any(authorize => authorize.Policy == CatalogAccess.Policy);

        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document);

            // What it says of GET holds for it.
            foreach (var path in document.Paths.Values)
            {
                path.Operations?.Remove(HttpMethod.Head);
            }

            new Examples(document).Write();
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            foreach (var parameters in context.Description.ActionDescriptor.EndpointMetadata.OfType<ListParameters>())
            {
                operation.Parameters = [.. operation.Parameters ?? [], .. Parameters(parameters)];
            }

            foreach (var parameter in context.Description.ActionDescriptor.EndpointMetadata.OfType<QueryParameter>())
            {
                operation.Parameters = [.. operation.Parameters ?? [], Query(parameter.Name, parameter.Description, new OpenApiSchema { Type = JsonSchemaType.String })];
            }

            return Task.CompletedTask;
        });
    });

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Burqi catalog",
            Version = "v1",
            Description = "Finds recorded calls and plays their recordings. Names are those of the tables' columns; times are UTC (RFC 3339), "
                + "durations milliseconds, sizes bytes; errors are problem details (RFC 9457). What answers GET and has an entity tag or a file answers HEAD too.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [SecurityScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "One of the keys in BURQI_API_KEYS.",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SecurityScheme, document)] = [] }];
    }

    private static IEnumerable<IOpenApiParameter> Parameters(ListParameters parameters)
    {
        foreach (var filter in parameters.Filters)
        {
            yield return Query(filter.Name, filter.Description, new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = filter.Values?.Select(value => (System.Text.Json.Nodes.JsonNode)value).ToList(),
            });
        }

        const string Unknown = "A row whose start is not known counts with the earliest time it was heard of.";
        if (parameters.AreOfCalls)
        {
            yield return Query(ListParameters.Number, "The number or address of either side of the call; a + must be sent as %2B.", new OpenApiSchema { Type = JsonSchemaType.String });
            yield return Query(ListParameters.MinDurationMs, "As long as this or longer. A row whose length is not known yet is not found by its length.", Duration());
            yield return Query(ListParameters.MaxDurationMs, "As long as this or shorter.", Duration());
            yield return Query(ListParameters.StartedAfter, $"Started at this time or later. {Unknown}", Time());
            yield return Query(ListParameters.StartedBefore, $"Started before this time. {Unknown}", Time());
        }

        if (parameters.AreOfCalls)
        {
            yield return Query(ListParameters.Sort, "By start: the latest first, or the earliest. The same for all pages.", new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [ListParameters.LatestFirst, ListParameters.EarliestFirst],
                Default = ListParameters.LatestFirst,
            });
        }

        yield return Query(ListParameters.Cursor, "The next_cursor of the page before.", new OpenApiSchema { Type = JsonSchemaType.String });
        yield return Query(ListParameters.Limit, "How many items a page holds at most.", new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Minimum = "1",
            Maximum = $"{ListParameters.GreatestLimit}",
            Default = ListParameters.DefaultLimit,
        });
    }

    private static OpenApiSchema Duration() => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" };

    private static OpenApiSchema Time() => new() { Type = JsonSchemaType.String, Format = "date-time" };

    private static OpenApiParameter Query(string name, string description, OpenApiSchema schema) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = schema };
}
