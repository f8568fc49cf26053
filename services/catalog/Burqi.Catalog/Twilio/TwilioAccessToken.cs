using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Burqi.Catalog.Twilio;

/// <summary>An access token as Twilio's libraries for the browser want it: a JWT (HS256) that grants outgoing calls through one TwiML app, and nothing else.</summary>
internal static class TwilioAccessToken
{
    public static string Create(TwilioDiallingOptions options, string identity, DateTimeOffset now, DateTimeOffset expiresAt)
    {
        var issuedAt = now.ToUnixTimeSeconds();
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = "HS256", ["cty"] = "twilio-fpa;v=1" };
        var payload = new JsonObject
        {
            ["jti"] = $"{options.ApiKey}-{issuedAt}",
            ["iss"] = options.ApiKey,
            ["sub"] = options.AccountSid,
            ["iat"] = issuedAt,
            ["exp"] = expiresAt.ToUnixTimeSeconds(),
            ["grants"] = new JsonObject
            {
                ["identity"] = identity,
                ["voice"] = new JsonObject { ["outgoing"] = new JsonObject { ["application_sid"] = options.AppSid } },
            },
        };
        var signed = $"{Part(header)}.{Part(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.ApiSecret), Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Part(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
