using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Burqi.Ingress.Twilio;

/// <summary>A request that Twilio is known to have made. Only <see cref="TwilioSignatureFilter"/> makes one, and leaves it among the request's features.</summary>
/// <param name="Form">What it says.</param>
/// <param name="BaseUrl">The public base URL under which it came, without a trailing slash.</param>
internal sealed record TwilioWebhook(TwilioForm Form, string BaseUrl)
{
    /// <summary>The webhook that the filter let through.</summary>
    /// <exception cref="InvalidOperationException">The request did not pass the filter: a route stands outside the group.</exception>
    public static TwilioWebhook Of(HttpContext context) => context.Features.GetRequiredFeature<TwilioWebhook>();
}
