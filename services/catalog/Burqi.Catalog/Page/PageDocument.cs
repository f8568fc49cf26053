namespace Burqi.Catalog.Page;

/// <summary>An HTML document of the page and what a browser may do while it shows it.</summary>
/// <param name="Name">The built file.</param>
/// <param name="Connects">Where scripts may connect to besides our own origin; separated by spaces.</param>
/// <param name="Plays">Where audio may come from besides our own origin.</param>
/// <param name="Permissions">What it may ask the user for, as <c>Permissions-Policy</c> writes it.</param>
internal sealed record PageDocument(string Name, string Connects = "", string Plays = "", string Permissions = "camera=(), geolocation=(), microphone=()")
{
    public static readonly PageDocument Index = new("index.html");

    /// <summary>
    /// Speaks to Twilio by itself: signalling, sounds and statistics of the call, at the hosts that the README of Twilio's library names: the
    /// signalling of each edge, since a connection that breaks is made anew at the one where the call is, and the statistics of each region.
    /// </summary>
    public static readonly PageDocument Phone = new(
        "phone.html",
        Connects: "https://eventgw.twilio.com https://eventgw.us1.twilio.com https://eventgw.ie1.twilio.com https://eventgw.au1.twilio.com "
            + "wss://voice-js.roaming.twilio.com wss://voice-js.ashburn.twilio.com wss://voice-js.umatilla.twilio.com wss://voice-js.dublin.twilio.com "
            + "wss://voice-js.frankfurt.twilio.com wss://voice-js.singapore.twilio.com wss://voice-js.tokyo.twilio.com wss://voice-js.sydney.twilio.com "
            + "wss://voice-js.sao-paulo.twilio.com https://media.twiliocdn.com https://sdk.twilio.com",
        Plays: "mediastream: https://media.twiliocdn.com https://sdk.twilio.com",
        Permissions: "camera=(), geolocation=(), microphone=(self)");

    public static readonly PageDocument Shared = new("shared.html");

    /// <summary>Everything is refused that is not named. The nonce is for the one style that the waveforms bring along themselves.</summary>
    public string ContentSecurityPolicy(string nonce) => string.Join(
        "; ",
        "default-src 'none'",
        "script-src 'self'",
        $"style-src 'self' 'nonce-{nonce}'",
        "font-src 'self'",
        "img-src 'self' data:",
        $"connect-src 'self' {Connects}".TrimEnd(),
        $"media-src 'self' {Plays}".TrimEnd(),
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'");
}
