using Burqi.Ingress.Spool;
using Microsoft.AspNetCore.Http;

namespace Burqi.Ingress.Twilio;

/// <summary>How a status callback is answered: what Twilio makes of it is whether to repeat it.</summary>
internal static class CallbackAnswer
{
    public static IResult Of(Delivery delivery, int success = StatusCodes.Status204NoContent) => delivery == Delivery.Lost
        ? TypedResults.StatusCode(StatusCodes.Status500InternalServerError) // repeated up to five times
        : Noted(success);

    /// <summary>Understood, and of no consequence.</summary>
    public static IResult Noted(int success = StatusCodes.Status204NoContent) => TypedResults.StatusCode(success);

    /// <summary>Signed, and yet not what Twilio sends.</summary>
    public static IResult Malformed(string parameter) => TypedResults.Problem(
        statusCode: StatusCodes.Status400BadRequest,
        title: "Malformed webhook",
        detail: $"{parameter} is missing or is not one of Twilio's identifiers.");
}
