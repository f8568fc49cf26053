using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Burqi.Catalog.Recordings.Play;

/// <summary>What both audio endpoints say of themselves.</summary>
internal static class ContentEndpointExtensions
{
    public const string Description =
        "One byte range is served as 206, several as the whole (200), one outside the file refused (416). ETag is the audio's SHA-256; "
        + "If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since and If-Range are heeded. "
        + "Where the server is set up to, it answers 302 with an address of the store that is good for some minutes. "
        + "409 until the recording's status is completed; 404 where there is no audio.";

    public static RouteHandlerBuilder ProducesContent(this RouteHandlerBuilder endpoint) => endpoint
        .Produces<Stream>(StatusCodes.Status200OK, "audio/wav", "audio/mpeg", "application/octet-stream")
        .Produces<Stream>(StatusCodes.Status206PartialContent, "audio/wav", "audio/mpeg", "application/octet-stream")
        .Produces(StatusCodes.Status302Found)
        .Produces(StatusCodes.Status304NotModified)
        .Produces(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status406NotAcceptable)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status416RangeNotSatisfiable);
}
