using Microsoft.AspNetCore.Http;

namespace Burqi.Ingress.Twilio.Twiml;

/// <summary>A finished TwiML document as an answer. <see cref="VoiceResponse"/> makes it.</summary>
/// <param name="body">UTF-8.</param>
internal sealed class TwimlDocument(ReadOnlyMemory<byte> body) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => StatusCodes.Status200OK;

    public ReadOnlyMemory<byte> Body => body;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/xml; charset=utf-8";
        httpContext.Response.ContentLength = body.Length;
        httpContext.Response.Headers.CacheControl = "no-store";
        await httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
