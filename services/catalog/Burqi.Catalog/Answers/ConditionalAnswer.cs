using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Burqi.Catalog.Assistants;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Burqi.Catalog.Answers;

/// <summary>
/// Gives a good answer an entity tag made of its body, and to whoever has that body already 304 instead of it: a page that asks every other
/// second is answered in a few bytes. Weak: what the tag stands for is what is said, however it is written down.
/// </summary>
internal sealed class ConditionalAnswer(IOptions<JsonOptions> json) : IEndpointFilter
{
    private const string ContentType = "application/json; charset=utf-8";

    private const int TagBytes = 16;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        var answer = result is INestedHttpResult nested ? nested.Result : result;
        if (answer is not IValueHttpResult { Value: { } value } || answer is IStatusCodeHttpResult { StatusCode: not StatusCodes.Status200OK })
        {
            return result;
        }

        var response = context.HttpContext.Response;
        if (response.Headers.ContainsKey(HeaderNames.ETag))
        {
            return result;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(value, json.Value.SerializerOptions.GetTypeInfo(value.GetType()));
        var tag = new EntityTagHeaderValue($"\"{Base64Url.EncodeToString(SHA256.HashData(body).AsSpan(0, TagBytes))}\"", isWeak: true);
        response.GetTypedHeaders().ETag = tag;
        return AssistantPreconditions.IsKnown(context.HttpContext.Request, tag)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Bytes(body, ContentType);
    }
}
