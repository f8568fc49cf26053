using Burqi.Simulator.Audio;

namespace Burqi.Simulator.Media;

/// <summary>How a media stream ended.</summary>
public enum StreamEnding
{
    /// <summary>It is still running.</summary>
    Open,

    /// <summary>Its socket never opened (31920).</summary>
    Refused,

    /// <summary>The call, or <c>&lt;Stop&gt;</c>, ended it: <c>stop</c> was sent.</summary>
    Stopped,

    /// <summary>The receiver closed it.</summary>
    ClosedByReceiver,

    /// <summary>The connection broke, or the receiver took nothing for too long (31921).</summary>
    Broken,

    /// <summary>A fault on request killed the socket.</summary>
    Died,

    /// <summary>The receiver sent what it may not (31924).</summary>
    ProtocolError,
}

/// <summary>A media stream of a call: what was sent, what came back, how it ended.</summary>
public sealed class SimulatedStream
{
    private readonly Lock sync = new();
    private readonly List<SentFrame> sent = [];
    private readonly List<string> received = [];
    private readonly List<string> marksReturned = [];
    private readonly Dictionary<string, long> frameCounts = new(StringComparer.Ordinal);

    internal SimulatedStream(string streamSid, string? name, string url, bool twoWay, IReadOnlyList<string> tracks)
    {
        StreamSid = streamSid;
        Name = name;
        Url = url;
        TwoWay = twoWay;
        Tracks = tracks;
    }

    /// <summary>The stream: <c>MZ</c> and 32 hexadecimal digits.</summary>
    public string StreamSid { get; }

    /// <summary>Its name, when the TwiML gave one.</summary>
    public string? Name { get; }

    /// <summary>The socket's address as the TwiML gave it.</summary>
    public string Url { get; }

    /// <summary>Whether it came from <c>&lt;Connect&gt;</c>.</summary>
    public bool TwoWay { get; }

    /// <summary>Of <c>inbound</c> and <c>outbound</c>.</summary>
    public IReadOnlyList<string> Tracks { get; }

    /// <summary>How it ended.</summary>
    public StreamEnding Ending { get; internal set; }

    /// <summary>Every media message in the order it went out, duplicates included; empty when frames are not kept.</summary>
    public IReadOnlyList<SentFrame> Sent
    {
        get
        {
            lock (sync)
            {
                return [.. sent];
            }
        }
    }

    /// <summary>Every message the receiver sent, as it came.</summary>
    public IReadOnlyList<string> Received
    {
        get
        {
            lock (sync)
            {
                return [.. received];
            }
        }
    }

    /// <summary>The marks echoed to the receiver, in order.</summary>
    public IReadOnlyList<string> MarksReturned
    {
        get
        {
            lock (sync)
            {
                return [.. marksReturned];
            }
        }
    }

    /// <summary>How many media messages of <paramref name="track"/> went out, duplicates included.</summary>
    public long FrameCount(string track)
    {
        lock (sync)
        {
            return frameCounts.GetValueOrDefault(track);
        }
    }

    /// <summary>
    /// What a faithful recording of <paramref name="track"/> holds: each frame where its timestamp puts it, counted from the stream's
    /// start, silence (0xFF) where none was sent, to the end of the track's last frame.
    /// </summary>
    public byte[] Timeline(string track)
    {
        var frames = Sent.Where(f => f.Track == track).ToList();
        if (frames.Count == 0)
        {
            return [];
        }

        const int samplesPerMillisecond = AudioFrame.SampleRate / 1000;
        var timeline = new byte[frames.Max(f => (f.Timestamp * samplesPerMillisecond) + f.Payload.Length)];
        Array.Fill(timeline, MuLaw.Silence);
        foreach (var frame in frames)
        {
            frame.Payload.Span.CopyTo(timeline.AsSpan((int)(frame.Timestamp * samplesPerMillisecond)));
        }

        return timeline;
    }

    internal void AddSent(SentFrame frame, bool keep)
    {
        lock (sync)
        {
            frameCounts[frame.Track] = frameCounts.GetValueOrDefault(frame.Track) + 1;
            if (keep)
            {
                sent.Add(frame);
            }
        }
    }

    internal void AddReceived(string message)
    {
        lock (sync)
        {
            received.Add(message);
        }
    }

    internal void AddMarkReturned(string name)
    {
        lock (sync)
        {
            marksReturned.Add(name);
        }
    }
}
