using Burqi.Access;
using Burqi.Catalog.Dialling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Twilio;

/// <summary><c>POST /twilio/token</c>: lets a browser place calls for a while. What becomes of a call says the TwiML app.</summary>
internal sealed partial class TwilioTokenEndpoint(IOptions<TwilioDiallingOptions> options, TimeProvider time, ILogger<TwilioTokenEndpoint> logger)
{
    // A call can be placed for so long with it; the page asks for another before it is over.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private const int LongestId = 100;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/twilio/token", (HttpContext context, TwilioTokenEndpoint endpoint) => endpoint.Handle(context))
        .RequireScope(Scopes.CallsPlace)
        .WithName("createTwilioToken")
        .WithTags("calls")
        .WithSummary("Lets a browser place calls")
        .WithDescription(
            "An access token for Twilio's voice library in the browser, good for a quarter of an hour, for outgoing calls only. 503 names the variables that are "
            + "not set where dialling is not set up.")
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private Results<Ok<DiallingToken>, ValidationProblem, ProblemHttpResult> Handle(HttpContext context)
    {
        if (CatalogProblems.AnyParameter(context.Request) is { } refusal)
        {
            return refusal;
        }

        if (options.Value.Missing is { Count: > 0 } missing)
        {
            return TypedResults.Problem(
                $"Calls cannot be placed from the browser: {string.Join(", ", missing)} {(missing.Count == 1 ? "is" : "are")} not set.",
                statusCode: StatusCodes.Status503ServiceUnavailable,
                title: "Dialling is not set up",
                extensions: [new("missing", missing)]);
        }

        var now = time.GetUtcNow();
        var expiresAt = now + Lifetime;
        var identity = Identity(Caller.Of(context));
        Log.Given(logger, identity);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new DiallingToken
        {
            Token = TwilioAccessToken.Create(options.Value, identity, now, expiresAt),
            Identity = identity,
            ExpiresAt = expiresAt.UtcDateTime,
        });
    }

    /// <summary>Who calls, by the key's id: Twilio takes letters, digits and underscores.</summary>
    private static string Identity(Caller caller)
    {
        var id = string.Concat(caller.Id.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'));
        return $"burqi_{(id.Length > LongestId ? id[..LongestId] : id)}";
    }

    private static partial class Log
    {
        [LoggerMessage(5330, LogLevel.Information, "A token to place calls with was given to {Identity}")]
        public static partial void Given(ILogger logger, string identity);
    }
}
