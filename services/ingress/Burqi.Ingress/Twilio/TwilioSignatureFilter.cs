using System.Net.Http.Headers;
using Burqi.Ingress.Http;
using Burqi.Twilio;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Twilio;

/// <summary>
/// Lets through what Twilio signed and nothing else, before anything looks into the request. Who is refused learns a status and no more.
/// </summary>
internal sealed partial class TwilioSignatureFilter(
    IOptions<TwilioOptions> options,
    PublicAddress address,
    IngressTelemetry telemetry,
    ILogger<TwilioSignatureFilter> logger) : IEndpointFilter
{
    /// <summary>Twilio's largest webhooks (CallToken, custom SIP headers) stay well below 16 KiB.</summary>
    public const int LargestBody = 64 * 1024;

    private enum Refusal
    {
        None,
        Unsigned,
        WrongContentType,
        TooLarge,
        Forged,
        OtherAccount,
        NotAnObject,
    }

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var kind = http.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "unknown";
        var refusal = await ReadAsync(http);
        if (refusal != Refusal.None)
        {
            return Refuse(http, kind, refusal);
        }

        using var activity = IngressTelemetry.Traces.StartActivity(kind);
        activity?.SetTag("burqi.call_id", TwilioWebhook.Of(http).Form["CallSid"]);
        try
        {
            var result = await next(context);
            telemetry.WebhookAnswered(kind, (result as IStatusCodeHttpResult)?.StatusCode switch
            {
                >= 500 => "failed",
                >= 400 => "rejected",
                _ => "accepted",
            });
            return result;
        }
        catch
        {
            telemetry.WebhookAnswered(kind, "failed");
            throw;
        }
    }

    private async ValueTask<Refusal> ReadAsync(HttpContext http)
    {
        var signature = http.Request.Headers[TwilioSignature.HeaderName].ToString();
        if (options.Value.VerifySignatures && signature.Length == 0)
        {
            return Refusal.Unsigned; // before a byte of the body is read
        }

        if (BodyKind(http.Request.ContentType) is not { } isJson)
        {
            return Refusal.WrongContentType;
        }

        if (await ReadBodyAsync(http) is not { } body)
        {
            return Refusal.TooLarge;
        }

        var url = address.Url(http);
        var accounts = options.Value.Credentials;
        var verifies = options.Value.VerifySignatures;
        TwilioForm? form;
        if (isJson)
        {
            // Only its hash is signed, so nothing of it is read before one of the accounts is known to have sent it.
            var signers = accounts.All.Where(set => !verifies || TwilioSignature.IsValidForBody(set.AuthToken, signature, url, body.Span)).ToArray();
            if (signers.Length == 0)
            {
                return Refusal.Forged;
            }

            form = TwilioForm.ParseJson(body);
            if (form is not null && !signers.Contains(accounts.Of(form["AccountSid"])))
            {
                return Refusal.Forged;
            }
        }
        else
        {
            // A form's parameters are signed one by one, so it is taken apart before it is trusted; it names the account whose token signs.
            form = TwilioForm.Parse(body.Span);
            if (verifies && !TwilioSignature.IsValid(accounts.Of(form["AccountSid"]).AuthToken, signature, url, form.Parameters))
            {
                return Refusal.Forged;
            }
        }

        if (form is null)
        {
            return Refusal.NotAnObject;
        }

        var account = form["AccountSid"];
        if (accounts.Default.AccountSid.Length > 0 && accounts.FindAccount(account) is null)
        {
            return Refusal.OtherAccount;
        }

        http.Features.Set(new TwilioWebhook(form, address.BaseUrl(http)));
        return Refusal.None;
    }

    /// <summary>True for JSON, false for a form, null for anything else, another character set than UTF-8 among it.</summary>
    private static bool? BodyKind(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)
            || (type.CharSet is { } charset && !charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        return type.MediaType?.ToLowerInvariant() switch
        {
            "application/x-www-form-urlencoded" => false,
            "application/json" => true,
            _ => null,
        };
    }

    private static async ValueTask<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength > LargestBody)
        {
            return null;
        }

        // One byte more than is allowed tells too much from just enough.
        var buffer = new byte[(http.Request.ContentLength ?? LargestBody) + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted);
        // Not a conditional expression: there, null would turn into an empty body (byte[] converts to memory).
        if (length > LargestBody)
        {
            return null;
        }

        return buffer.AsMemory(0, length);
    }

    private StatusCodeHttpResult Refuse(HttpContext http, string kind, Refusal refusal)
    {
        if (refusal is Refusal.Unsigned or Refusal.Forged or Refusal.OtherAccount)
        {
            var reason = refusal switch
            {
                Refusal.Unsigned => "unsigned",
                Refusal.Forged => "wrong_signature",
                _ => "other_account",
            };
            telemetry.WebhookForged(kind, reason);
            telemetry.WebhookAnswered(kind, "forged");
            Log.Forged(logger, kind, reason, http.Connection.RemoteIpAddress);
            return TypedResults.StatusCode(StatusCodes.Status403Forbidden);
        }

        telemetry.WebhookAnswered(kind, "rejected");
        Log.Unreadable(logger, kind, refusal);
        return TypedResults.StatusCode(refusal switch
        {
            Refusal.TooLarge => StatusCodes.Status413PayloadTooLarge,
            Refusal.WrongContentType => StatusCodes.Status415UnsupportedMediaType,
            _ => StatusCodes.Status400BadRequest,
        });
    }
}
