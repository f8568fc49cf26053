using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Burqi.Simulator.Rest;

/// <summary>Twilio's error JSON.</summary>
internal static class RestError
{
    public static IResult NotFound(string path) => Of(404, 20404, $"The requested resource {path} was not found");

    public static IResult Of(int status, int code, string message) => Results.Text(
        JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["code"] = code,
            ["message"] = message,
            ["more_info"] = $"https://www.twilio.com/docs/errors/{code}",
            ["status"] = status,
        }),
        "application/json",
        statusCode: status);
}
