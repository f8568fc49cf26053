using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Burqi.Simulator;

/// <summary>A simulated account and how faithfully in time it behaves.</summary>
public sealed record TwilioSimulatorOptions
{
    /// <summary>The account: <c>AC</c> and 32 hexadecimal digits.</summary>
    public string AccountSid { get; init; } = "AC00000000000000000000000000000001";

    /// <summary>The primary auth token: signs webhooks and opens the REST API.</summary>
    public string AuthToken { get; init; } = "d41d8cd98f00b204e9800998ecf8427e";

    /// <summary>The secondary auth token, where there is one: it opens the REST API and signs nothing.</summary>
    public string? SecondaryAuthToken { get; init; }

    /// <summary><c>active</c>, <c>suspended</c> or <c>closed</c>.</summary>
    public string AccountStatus { get; init; } = "active";

    /// <summary><c>Full</c> or <c>Trial</c>.</summary>
    public string AccountType { get; init; } = "Full";

    /// <summary>Standard keys: they open the REST API beside the auth token, all but the account itself.</summary>
    public IReadOnlyList<ApiKey> ApiKeys { get; init; } = [];

    /// <summary>The account's phone numbers, as its list of them tells.</summary>
    public IReadOnlyList<PhoneNumber> PhoneNumbers { get; init; } = [];

    /// <summary>Where the account's number asks what to do with a call; a <see cref="Calls.CallScript"/> may name its own.</summary>
    public string? VoiceUrl { get; init; }

    /// <summary><c>POST</c> or <c>GET</c>.</summary>
    public string VoiceMethod { get; init; } = "POST";

    /// <summary>Where the account's number posts a call's status; unset: nowhere.</summary>
    public string? StatusCallback { get; init; }

    /// <summary><c>POST</c> or <c>GET</c>.</summary>
    public string StatusCallbackMethod { get; init; } = "POST";

    /// <summary>
    /// The call's clock over the wall clock: 1 is real time, 8 eight times faster, <see cref="double.PositiveInfinity"/> as fast as the
    /// receiver takes the audio.
    /// </summary>
    public double Speed { get; init; } = 1;

    /// <summary>
    /// Whether URLs given to the simulator may name this machine, and a stream's be <c>ws://</c>: a test has no certificates. The upgrade
    /// is signed over the <c>wss://</c> form all the same. Off, such URLs are faults, as at Twilio.
    /// </summary>
    public bool AllowLoopback { get; init; }

    /// <summary>The loopback port of the REST API; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Whom to trust in place of the authorities of this machine, where a public address leads to one that speaks TLS.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>How long a callback waits before its first retry; every later pause is twice as long.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a media socket may take to open, and one write to it to go through, before the stream is given up.</summary>
    public TimeSpan SocketTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether <c>chunk</c> counts per track or over both (Twilio's documents do not say which).</summary>
    public bool ChunkPerTrack { get; init; }

    /// <summary>
    /// Whether a dual recording has the other party on its first channel. By default channel 1 is the recorded leg's inbound audio (the
    /// caller); published measurements of Twilio disagree with its documents, so both orders exist.
    /// </summary>
    public bool SwapRecordingChannels { get; init; }

    /// <summary>
    /// Whether a dual recording asked for without <c>RequestedChannels</c> comes as one mixed channel, which Twilio leaves open.
    /// </summary>
    public bool DownmixUnlessAsked { get; init; } = true;

    /// <summary>How many requests for a recording's media are answered 404 after it was announced, as Twilio is known to do.</summary>
    public int NotFoundBeforeReady { get; init; }

    /// <summary>How long after its announcement a recording's media is answered 404.</summary>
    public TimeSpan ReadyAfter { get; init; }

    /// <summary>Whether sent audio is kept frame by frame for comparison; a load test has no use for it.</summary>
    public bool KeepFrames { get; init; } = true;

    /// <summary>What every random choice of a fault is drawn from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the REST API turned out to listen.</summary>
    internal string ApiBaseUrl { get; init; } = "";

    /// <summary>How TLS is spoken: every certificate up to a trusted authority must be sent along, as Twilio wants it.</summary>
    internal SslClientAuthenticationOptions CreateTls()
    {
        var policy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        if (Authorities.Count > 0)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(Authorities);
        }

        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }
}

/// <summary>A key of the REST API.</summary>
/// <param name="Sid"><c>SK</c> and 32 hexadecimal digits.</param>
/// <param name="Secret">Its secret.</param>
public sealed record ApiKey(string Sid, string Secret);

/// <summary>A phone number of the account and what it is set to.</summary>
/// <param name="Number">The number, in E.164 form.</param>
/// <param name="VoiceUrl">Where it asks what to do with a call; empty where nothing is set.</param>
public sealed record PhoneNumber(string Number, string VoiceUrl)
{
    /// <summary><c>POST</c> or <c>GET</c>.</summary>
    public string VoiceMethod { get; init; } = "POST";

    /// <summary>Where it posts a call's status; empty: nowhere.</summary>
    public string StatusCallback { get; init; } = "";

    /// <summary><c>POST</c> or <c>GET</c>.</summary>
    public string StatusCallbackMethod { get; init; } = "POST";

    /// <summary>The TwiML application that is asked in place of <see cref="VoiceUrl"/>; empty: none.</summary>
    public string ApplicationSid { get; init; } = "";

    /// <summary>The SIP trunk that its calls go to in place of any webhook.</summary>
    public string? TrunkSid { get; init; }

    /// <summary>Whether it takes calls at all.</summary>
    public bool HasVoice { get; init; } = true;
}
