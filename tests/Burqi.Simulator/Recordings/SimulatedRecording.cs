using Burqi.Simulator.Audio;
using Burqi.Simulator.Twiml;

namespace Burqi.Simulator.Recordings;

/// <summary>A recording that the provider makes of a call, and keeps until it is deleted.</summary>
public sealed class SimulatedRecording
{
    private readonly Lock sync = new();
    private readonly List<ReadOnlyMemory<byte>> inbound = [];
    private readonly List<ReadOnlyMemory<byte>> outbound = [];
    private readonly bool swapChannels;
    private readonly bool trim;

    internal SimulatedRecording(
        string recordingSid, string callSid, string source, int channels, string track, bool trim, bool swapChannels, DateTimeOffset startedAt, StatusCallback? callback)
    {
        RecordingSid = recordingSid;
        CallSid = callSid;
        Source = source;
        Channels = channels;
        Track = track;
        this.trim = trim;
        this.swapChannels = swapChannels;
        StartedAt = startedAt;
        UpdatedAt = startedAt;
        Callback = callback;
    }

    /// <summary>The recording: <c>RE</c> and 32 hexadecimal digits.</summary>
    public string RecordingSid { get; }

    /// <summary>The call's parent leg.</summary>
    public string CallSid { get; }

    /// <summary>How it came about: <c>StartCallRecordingTwiML</c>, <c>StartCallRecordingAPI</c>, <c>DialVerb</c>, <c>RecordVerb</c>.</summary>
    public string Source { get; }

    /// <summary>1 or 2.</summary>
    public int Channels { get; }

    /// <summary><c>inbound</c>, <c>outbound</c> or <c>both</c>.</summary>
    public string Track { get; }

    /// <summary>When it was started, on the wall clock.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>When it last changed, on the wall clock.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary><c>in-progress</c>, <c>paused</c>, <c>stopped</c>, <c>completed</c>, <c>absent</c> or <c>deleted</c>.</summary>
    public string Status { get; private set; } = "in-progress";

    /// <summary>Twilio's reason for an absent recording: 16101 too short, 16102 silent; otherwise 0.</summary>
    public int ErrorCode { get; private set; }

    /// <summary>How long it is, in call time.</summary>
    public TimeSpan Duration
    {
        get
        {
            lock (sync)
            {
                return inbound.Count * AudioFrame.Duration;
            }
        }
    }

    /// <summary>How many requests for its media came, answered or not.</summary>
    public int MediaRequests { get; private set; }

    /// <summary>How many times its media was sent whole.</summary>
    public int WholeDownloads { get; private set; }

    internal StatusCallback? Callback { get; }

    internal bool IsOpen => Status is "in-progress" or "paused";

    private bool PausedSilently { get; set; }

    /// <summary>The mu-law samples of channel 1 or 2 of a dual recording, or of the one channel of a mono recording of one track.</summary>
    /// <exception cref="InvalidOperationException">There is no such channel, or it is a mix of both tracks (see <see cref="ToWav"/>).</exception>
    public byte[] Channel(int number)
    {
        var frames = (Channels, Track, number) switch
        {
            (2, _, 1 or 2) => (number == 1) != swapChannels ? inbound : outbound,
            (1, "inbound", 1) => inbound,
            (1, "outbound", 1) => outbound,
            _ => throw new InvalidOperationException($"A recording of {Channels} channels of track {Track} keeps no channel {number} of its own."),
        };
        lock (sync)
        {
            var samples = new byte[frames.Count * AudioFrame.Samples];
            for (var i = 0; i < frames.Count; i++)
            {
                frames[i].Span.CopyTo(samples.AsSpan(i * AudioFrame.Samples));
            }

            return samples;
        }
    }

    /// <summary>Its WAV file: 16-bit PCM, 8 kHz.</summary>
    /// <param name="channels">1 for the mix of both sides, 2 for one channel a side.</param>
    public byte[] ToWav(int channels)
    {
        if (channels == 2)
        {
            return WavFile.Create(MuLaw.Decode(Channel(1)), MuLaw.Decode(Channel(2)));
        }

        if (Channels == 1 && Track != "both")
        {
            return WavFile.Create(MuLaw.Decode(Channel(1)));
        }

        lock (sync)
        {
            var mix = new short[inbound.Count * AudioFrame.Samples];
            for (var i = 0; i < mix.Length; i++)
            {
                var (frame, sample) = (i / AudioFrame.Samples, i % AudioFrame.Samples);
                var sum = MuLaw.Decode(inbound[frame].Span[sample]) + MuLaw.Decode(outbound[frame].Span[sample]);
                mix[i] = (short)Math.Clamp(sum, short.MinValue, short.MaxValue);
            }

            return WavFile.Create(mix);
        }
    }

    internal void Record(ReadOnlyMemory<byte> inboundFrame, ReadOnlyMemory<byte> outboundFrame)
    {
        lock (sync)
        {
            if (Status == "in-progress")
            {
                inbound.Add(Track == "outbound" ? AudioFrame.Silent : inboundFrame);
                outbound.Add(Track == "inbound" ? AudioFrame.Silent : outboundFrame);
            }
            else if (Status == "paused" && PausedSilently)
            {
                inbound.Add(AudioFrame.Silent);
                outbound.Add(AudioFrame.Silent);
            }
        }
    }

    internal void Pause(bool silently, DateTimeOffset now)
    {
        lock (sync)
        {
            PausedSilently = silently;
            Status = "paused";
            UpdatedAt = now;
        }
    }

    internal void Resume(DateTimeOffset now)
    {
        lock (sync)
        {
            Status = "in-progress";
            UpdatedAt = now;
        }
    }

    /// <summary>Finishes it: completed, or absent when nothing of it is worth keeping.</summary>
    internal void Complete(DateTimeOffset now)
    {
        lock (sync)
        {
            var empty = inbound.Count == 0;
            if (trim)
            {
                TrimSilence();
            }

            Status = inbound.Count == 0 ? "absent" : "completed";
            ErrorCode = empty ? 16101 : inbound.Count == 0 ? 16102 : 0;
            UpdatedAt = now;
        }
    }

    /// <summary>Deletes it: its media can no longer be fetched, what it was is known for another 40 days. A test may still compare.</summary>
    internal void Delete(DateTimeOffset now)
    {
        lock (sync)
        {
            Status = "deleted";
            UpdatedAt = now;
        }
    }

    internal int CountMediaRequest()
    {
        lock (sync)
        {
            return ++MediaRequests;
        }
    }

    internal void CountWholeDownload()
    {
        lock (sync)
        {
            WholeDownloads++;
        }
    }

    private void TrimSilence()
    {
        bool Silent(int frame) => IsSilent(inbound[frame]) && IsSilent(outbound[frame]);
        var end = inbound.Count;
        while (end > 0 && Silent(end - 1))
        {
            end--;
        }

        var start = 0;
        while (start < end && Silent(start))
        {
            start++;
        }

        foreach (var frames in new[] { inbound, outbound })
        {
            frames.RemoveRange(end, frames.Count - end);
            frames.RemoveRange(0, start);
        }
    }

    // 0x7F is the other zero of mu-law.
    private static bool IsSilent(ReadOnlyMemory<byte> frame) => !frame.Span.ContainsAnyExcept(MuLaw.Silence, (byte)0x7F);
}
