using System.Net;

namespace Burqi.Ingress;

/// <summary>What ingress needs to know whichever provider calls it.</summary>
internal sealed class IngressOptions
{
    /// <summary><c>CALLBACK_URI_HOST</c>: the base URL under which providers reach us, without a trailing slash; null takes it from each request.</summary>
    public string? PublicBaseUrl { get; set; }

    /// <summary><c>BURQI_TRUSTED_PROXIES</c>: peers whose forwarded headers are believed. Ignored where <see cref="PublicBaseUrl"/> is set.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; set; } = [];

    /// <summary><c>BURQI_DATA_DIR</c>: where the folders <c>ingress/spool</c> and <c>assistants</c> lie. Each replica needs one of its own.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>
    /// Whether every event is written down before it is published and kept for an hour: so with <c>BURQI_BUS=memory</c>, where what the
    /// bus has confirmed is gone with the process.
    /// </summary>
    public bool JournalEveryEvent { get; set; }

    /// <summary><c>BURQI_INGRESS_VOICE_DEADLINE_MS</c>: how long a caller may wait for the bus before the TwiML goes out (2 s).</summary>
    public TimeSpan VoiceDeadline { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary><c>BURQI_INGRESS_CALLBACK_DEADLINE_MS</c>: how long a status callback waits for the bus before its event is spooled (5 s).</summary>
    public TimeSpan CallbackDeadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary><c>BURQI_INGRESS_SPOOL_LIMIT_MB</c>: how much the spool may hold (256 MiB, about 400 000 events).</summary>
    public long SpoolLimitBytes { get; set; } = 256L * 1024 * 1024;

    public string SpoolDirectory => Path.Combine(DataDirectory, "ingress", "spool");

    public string AssistantsDirectory => Path.Combine(DataDirectory, "assistants");

    /// <summary>What could not be understood while the configuration was read; the validator reports it with the rest.</summary>
    public List<string> Problems { get; } = [];
}
