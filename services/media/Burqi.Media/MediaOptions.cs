using System.Globalization;
using System.Net;
using Burqi.Media.Mp3;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Burqi.Media;

/// <summary>What media is told by its environment. Each property names its variable; the validator names it again when it is wrong.</summary>
public sealed class MediaOptions
{
    internal const string NodeVariable = "BURQI_MEDIA_NODE";

    /// <summary><c>BURQI_RECORDINGS_DIR</c>: the folder that holds the recordings; made when absent. One process at a time uses it.</summary>
    public string RecordingsDir { get; set; } = "recordings";

    /// <summary><c>BURQI_DATA_DIR</c>: where the assistants heard of are kept, in the folder <c>media-assistants</c>.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>
    /// <c>BURQI_MEDIA_BASE_URL</c>: where the archiver reaches this very node, without a trailing slash. Unset: the first address listened on,
    /// with the machine's name in place of a wildcard.
    /// </summary>
    public string? BaseUrl { get; set; }

    /// <summary>
    /// <c>BURQI_MEDIA_NODE</c>: the node's name in events and manifests. Default: the machine's name. One that is given must be this node's alone,
    /// and stay so: a queue of that name keeps for it what is said while it is away.
    /// </summary>
    public string Node { get; set; } = Environment.MachineName;

    /// <summary><c>CALLBACK_URI_HOST</c>: the public base URL providers were given. Unset: forwarded headers of a trusted proxy, else the connection.</summary>
    public string? PublicBaseUrl { get; set; }

    /// <summary><c>BURQI_TRUSTED_PROXIES</c>: comma-separated addresses or CIDR networks whose forwarded headers are believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; set; } = [];

    /// <summary><c>BURQI_VERIFY_SIGNATURES</c>: whether an upgrade must carry the provider's signature. False is refused in Production.</summary>
    public bool VerifySignatures { get; set; } = true;

    /// <summary><c>TWILIO_AUTH_TOKEN</c>: the account's primary auth token, which signs upgrades.</summary>
    public string? TwilioAuthToken { get; set; }

    /// <summary>
    /// <c>BURQI_STREAM_SECRET</c>: what the tokens of streams are checked with; null takes <see cref="TwilioAuthToken"/>. Ingress and media need
    /// the same.
    /// </summary>
    public string? StreamSecret { get; set; }

    /// <summary>
    /// <c>BURQI_STREAM_TOKENS</c>: <c>required</c>, or <c>optional</c> for those whose own TwiML points at the media sockets: a token may then be
    /// absent, but never wrong. Where signatures are not checked, tokens need not be good either.
    /// </summary>
    public bool RequireStreamTokens { get; set; } = true;

    /// <summary><c>TWILIO_ACCOUNT_SID</c> and those of <c>TWILIO_CREDENTIALS</c>: streams of any other account are refused. Empty takes all.</summary>
    public IReadOnlyList<string> TwilioAccountSids { get; set; } = [];

    /// <summary>The primary auth tokens of these accounts: any of them may have signed an upgrade, which does not say whose it is.</summary>
    public IReadOnlyList<string> TwilioAuthTokens { get; set; } = [];

    /// <summary><c>BURQI_MEDIA_MAX_STREAMS</c>: how many sockets may be open at once; a further upgrade is answered 503.</summary>
    public int MaxStreams { get; set; } = 2000;

    /// <summary><c>BURQI_MEDIA_START_TIMEOUT_SECONDS</c>: how long a socket may stay open without introducing its stream.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// <c>BURQI_MEDIA_IDLE_TIMEOUT_SECONDS</c>: after how long without any message a stream counts as ended. Stalls of a few seconds are
    /// normal, and through some proxies the close of a connection never arrives.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// <c>BURQI_MEDIA_RECONNECT_SECONDS</c>: how long a recording whose connection broke waits for another one of the same call. 0: not at all.
    /// </summary>
    public TimeSpan ReconnectWindow { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary><c>ACS_RESOURCE_ID</c>: the immutable id of the ACS resource, which its tokens are made out to. Unset: streams of ACS are refused.</summary>
    public string? AcsResourceId { get; set; }

    /// <summary><c>BURQI_ACS_OPENID_CONFIGURATION_URL</c>: where ACS says which keys its tokens are signed with.</summary>
    public string AcsOpenIdConfigurationUrl { get; set; } = "https://acscallautomation.communication.azure.com/calling/.well-known/acsopenidconfiguration";

    /// <summary><c>BURQI_MEDIA_AGENT_CONNECT_SECONDS</c>: how long a voice agent may take to accept its connection.</summary>
    public TimeSpan AgentConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary><c>BURQI_MEDIA_AGENT_SEND_SECONDS</c>: how long a voice agent may take nothing of what is sent to it.</summary>
    public TimeSpan AgentSendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary><c>BURQI_MEDIA_DRAIN_SECONDS</c>: how long live streams may go on once the process was told to stop.</summary>
    public TimeSpan DrainGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// <c>BURQI_MEDIA_BUFFER_MIB</c>: the audio of all streams, as 16-bit samples, that may wait in memory for a slow disk before more of it is
    /// given up. Of the default, 500 two-track calls of 8 kHz fill 16 MiB a second.
    /// </summary>
    public long BufferBytes { get; set; } = 128L * 1024 * 1024;

    /// <summary>
    /// <c>BURQI_MEDIA_MAX_GAP_SECONDS</c>: the longest silence a timestamp can open. One further ahead is taken for a broken clock, which
    /// would otherwise fill the disk with nothing.
    /// </summary>
    public TimeSpan MaxGap { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary><c>BURQI_MEDIA_MAX_LENGTH_HOURS</c>: the longest recording; what comes after it is not kept.</summary>
    public TimeSpan MaxLength { get; set; } = TimeSpan.FromHours(24);

    /// <summary><c>BURQI_MEDIA_MIN_FREE_MIB</c>: free disk space below which no new recording begins and the node says that it is not ready.</summary>
    public long MinFreeBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// <c>BURQI_RECORDINGS_HIGH_WATER_PERCENT</c>: how full the disk of the recordings folder may become before files that are archived are
    /// removed from it, those of the oldest calls first. 0: none ever is.
    /// </summary>
    public double HighWaterPercent { get; set; } = 85;

    /// <summary><c>BURQI_RECORDINGS_LOW_WATER_PERCENT</c>: how full it may then still be.</summary>
    public double LowWaterPercent { get; set; } = 75;

    /// <summary><c>BURQI_MEDIA_CONTENT_URL_HOURS</c>: how long a content URL handed to the archiver stays good.</summary>
    public TimeSpan ContentUrlLifetime { get; set; } = TimeSpan.FromHours(168);

    /// <summary><c>BURQI_MEDIA_MP3</c>: <c>auto</c>, <c>true</c> or <c>false</c>.</summary>
    public Mp3Use Mp3 { get; set; } = Mp3Use.Auto;

    /// <summary><c>BURQI_MEDIA_MP3_LIBRARY</c>: LAME's library, by name or path.</summary>
    public string Mp3Library { get; set; } = LameLibrary.DefaultName;

    /// <summary><c>BURQI_MEDIA_MP3_WORKERS</c>: how many files are resampled or encoded at once. Default: half the processors.</summary>
    public int Mp3Workers { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Frames up to this long before the end of a track are put in their place; older ones are dropped and counted.</summary>
    internal TimeSpan ReorderWindow { get; } = TimeSpan.FromSeconds(10);
}

/// <summary>Whether assistants that ask for MP3 get it.</summary>
public enum Mp3Use
{
    /// <summary>Where LAME is there; otherwise a WAV.</summary>
    Auto = 0,

    /// <summary>Always: a process without LAME does not start.</summary>
    Required,

    /// <summary>Never: a WAV.</summary>
    Off,
}

/// <summary>Reads <see cref="MediaOptions"/> from the flat names. What cannot be read is kept for the validator, which reports all of it.</summary>
internal sealed class MediaOptionsReader(IConfiguration configuration) : IConfigureOptions<MediaOptions>, IValidateOptions<MediaOptions>
{
    private readonly List<string> _unreadable = [];

    public void Configure(MediaOptions options)
    {
        _unreadable.Clear();
        options.RecordingsDir = Text("BURQI_RECORDINGS_DIR") ?? options.RecordingsDir;
        options.DataDirectory = Text("BURQI_DATA_DIR") ?? options.DataDirectory;
        options.BaseUrl = Text("BURQI_MEDIA_BASE_URL")?.TrimEnd('/');
        options.Node = Text(MediaOptions.NodeVariable) ?? options.Node;
        options.PublicBaseUrl = Text("CALLBACK_URI_HOST")?.TrimEnd('/');
        options.TrustedProxies = Networks("BURQI_TRUSTED_PROXIES");
        options.VerifySignatures = Flag("BURQI_VERIFY_SIGNATURES", options.VerifySignatures);
        options.TwilioAuthToken = Text("TWILIO_AUTH_TOKEN");
        options.StreamSecret = Text("BURQI_STREAM_SECRET");
        options.RequireStreamTokens = StreamTokens(options.RequireStreamTokens);
        options.AgentConnectTimeout = TimeSpan.FromSeconds(Number("BURQI_MEDIA_AGENT_CONNECT_SECONDS", options.AgentConnectTimeout.TotalSeconds, 0.1, 60));
        options.AgentSendTimeout = TimeSpan.FromSeconds(Number("BURQI_MEDIA_AGENT_SEND_SECONDS", options.AgentSendTimeout.TotalSeconds, 0.1, 300));
        options.MaxStreams = (int)Number("BURQI_MEDIA_MAX_STREAMS", options.MaxStreams, 1, 100_000);
        options.StartTimeout = TimeSpan.FromSeconds(Number("BURQI_MEDIA_START_TIMEOUT_SECONDS", options.StartTimeout.TotalSeconds, 1, 300));
        options.IdleTimeout = TimeSpan.FromSeconds(Number("BURQI_MEDIA_IDLE_TIMEOUT_SECONDS", options.IdleTimeout.TotalSeconds, 1, 3600));
        options.ReconnectWindow = TimeSpan.FromSeconds(Number("BURQI_MEDIA_RECONNECT_SECONDS", options.ReconnectWindow.TotalSeconds, 0, 3600));
        options.AcsResourceId = Text("ACS_RESOURCE_ID");
        options.AcsOpenIdConfigurationUrl = Text("BURQI_ACS_OPENID_CONFIGURATION_URL") ?? options.AcsOpenIdConfigurationUrl;
        options.DrainGrace = TimeSpan.FromSeconds(Number("BURQI_MEDIA_DRAIN_SECONDS", options.DrainGrace.TotalSeconds, 0, 86_400));
        options.BufferBytes = (long)(Number("BURQI_MEDIA_BUFFER_MIB", options.BufferBytes / 1048576.0, 1, 65_536) * 1048576);
        options.MaxGap = TimeSpan.FromSeconds(Number("BURQI_MEDIA_MAX_GAP_SECONDS", options.MaxGap.TotalSeconds, 1, 86_400));
        options.MaxLength = TimeSpan.FromHours(Number("BURQI_MEDIA_MAX_LENGTH_HOURS", options.MaxLength.TotalHours, 0.01, 48));
        options.MinFreeBytes = (long)(Number("BURQI_MEDIA_MIN_FREE_MIB", options.MinFreeBytes / 1048576.0, 0, 1e9) * 1048576);
        options.HighWaterPercent = Number("BURQI_RECORDINGS_HIGH_WATER_PERCENT", options.HighWaterPercent, 0, 100);
        options.LowWaterPercent = Number("BURQI_RECORDINGS_LOW_WATER_PERCENT", options.LowWaterPercent, 0, 100);
        options.Mp3 = Mp3Choice("BURQI_MEDIA_MP3");
        options.Mp3Library = Text("BURQI_MEDIA_MP3_LIBRARY") ?? options.Mp3Library;
        options.Mp3Workers = (int)Number("BURQI_MEDIA_MP3_WORKERS", options.Mp3Workers, 1, 256);
        options.ContentUrlLifetime = TimeSpan.FromHours(Number("BURQI_MEDIA_CONTENT_URL_HOURS", options.ContentUrlLifetime.TotalHours, 0.01, 8760));
    }

    public ValidateOptionsResult Validate(string? name, MediaOptions options) =>
        _unreadable.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_unreadable);

    private string? Text(string name) => configuration[name] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private bool StreamTokens(bool otherwise)
    {
        switch (Text("BURQI_STREAM_TOKENS")?.ToLowerInvariant())
        {
            case null:
                return otherwise;
            case "required":
                return true;
            case "optional":
                return false;
            default:
                _unreadable.Add("BURQI_STREAM_TOKENS must be required or optional.");
                return otherwise;
        }
    }

    private bool Flag(string name, bool otherwise)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (bool.TryParse(text, out var value))
        {
            return value;
        }

        _unreadable.Add($"{name} must be true or false.");
        return otherwise;
    }

    private Mp3Use Mp3Choice(string name)
    {
        switch (Text(name)?.ToLowerInvariant())
        {
            case null or "auto":
                return Mp3Use.Auto;
            case "true":
                return Mp3Use.Required;
            case "false":
                return Mp3Use.Off;
            default:
                _unreadable.Add($"{name} must be auto, true or false.");
                return Mp3Use.Auto;
        }
    }

    private double Number(string name, double otherwise, double least, double most)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        _unreadable.Add(string.Create(CultureInfo.InvariantCulture, $"{name} must be a number from {least} to {most}."));
        return otherwise;
    }

    private List<IPNetwork> Networks(string name)
    {
        var networks = new List<IPNetwork>();
        foreach (var entry in (Text(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (IPNetwork.TryParse(entry, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(entry, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                _unreadable.Add($"{name} holds an entry that is neither an IP address nor a CIDR network.");
            }
        }

        return networks;
    }
}

/// <summary>What readable values must fulfil together.</summary>
internal sealed class MediaOptionsValidator(IHostEnvironment environment, IOptions<HostOptions> host) : IValidateOptions<MediaOptions>
{
    /// <summary>What a stopping process needs beyond the streams' own grace: closing handshakes, the last mixes and announcements.</summary>
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(10);

    public ValidateOptionsResult Validate(string? name, MediaOptions options)
    {
        var failures = new List<string>();
        if (!options.VerifySignatures && environment.IsProduction())
        {
            failures.Add("BURQI_VERIFY_SIGNATURES may be false only outside Production: anybody could feed audio into a call.");
        }

        if (options.DrainGrace + StopMargin > host.Value.ShutdownTimeout)
        {
            failures.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"BURQI_MEDIA_DRAIN_SECONDS leaves too little time to finish files: it must be at least {StopMargin.TotalSeconds} less than BURQI_SHUTDOWN_SECONDS."));
        }

        if (options.HighWaterPercent > 0 && options.LowWaterPercent >= options.HighWaterPercent)
        {
            failures.Add("BURQI_RECORDINGS_LOW_WATER_PERCENT must be less than BURQI_RECORDINGS_HIGH_WATER_PERCENT.");
        }

        RequireHttpUrl("BURQI_MEDIA_BASE_URL", options.BaseUrl, failures);
        RequireHttpUrl("CALLBACK_URI_HOST", options.PublicBaseUrl, failures);
        RequireHttpUrl("BURQI_ACS_OPENID_CONFIGURATION_URL", options.AcsOpenIdConfigurationUrl, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void RequireHttpUrl(string variable, string? value, List<string> failures)
    {
        if (value is not null
            && !(Uri.TryCreate(value, UriKind.Absolute, out var url)
                && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
                && url.Query.Length == 0 && url.Fragment.Length == 0))
        {
            failures.Add($"{variable} must be an absolute http or https URL without query.");
        }
    }
}
