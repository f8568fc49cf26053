using System.Text.Json;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>
/// A provider and an agent in a time of their own, step by step: every 20 ms the provider sends the caller's next frame and plays 20 ms of what
/// it has been sent, and it keeps what it played. That is the truth a recording is measured against.
/// </summary>
/// <param name="driver">The provider's end of the socket.</param>
/// <param name="call">The agent's end.</param>
/// <param name="time">The time that everything here and in the host goes by.</param>
/// <param name="sendsLateMs">How long after a frame has begun it is sent.</param>
/// <param name="jitterMs">How long at most a frame is on its way, by chance.</param>
internal sealed class PlayingProvider(StreamDriver driver, AgentCall call, ManualTime time, int sendsLateMs, int jitterMs)
{
    private const int Frame = 160;
    private const byte Silence = 0xFF;

    private readonly Queue<(byte[]? Audio, string? Mark)> _queue = new();
    private readonly List<byte> _played = [];
    private readonly Random _random = new(7);
    private int _playedOfFirst;

    /// <summary>What the caller heard, as mu-law.</summary>
    public byte[] Played => [.. _played];

    /// <summary>Lives through the caller's audio, while the agent does what it does, each at its time in ms and all of it in order.</summary>
    public async Task RunAsync(byte[] caller, params (int Ms, Func<Task> Act)[] agent)
    {
        var begin = time.Ms;
        var acts = new Queue<(int Ms, Func<Task> Act)>(agent);
        for (var frame = 0; frame < caller.Length / Frame; frame++)
        {
            var due = frame * 20 + sendsLateMs;
            while (acts.TryPeek(out var next) && next.Ms <= due)
            {
                time.MoveTo(begin + next.Ms);
                await acts.Dequeue().Act();
                Take(await driver.Received.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
            }

            // The agent has it: so has the recording, which gets everything first.
            time.MoveTo(begin + due + _random.Next(0, jitterMs + 1));
            await driver.SendFrameAsync("inbound", frame * 20, caller[(frame * Frame)..((frame + 1) * Frame)]);
            await call.ReceiveAsync();
            foreach (var mark in Play(sendsLateMs > 0 ? frame + 1 : frame))
            {
                await driver.SendAsync($$$"""{"event":"mark","sequenceNumber":"{{{driver.NextSequence()}}}","streamSid":"{{{driver.StreamSid}}}","mark":{"name":"{{{mark}}}"}}""");
                await call.ReceiveAsync();
            }
        }
    }

    private void Take(ReceivedMessage message)
    {
        var json = JsonDocument.Parse(message.Bytes).RootElement;
        switch (json.GetProperty("event").GetString())
        {
            case "media":
                _queue.Enqueue((json.GetProperty("media").GetProperty("payload").GetBytesFromBase64(), null));
                break;
            case "mark":
                _queue.Enqueue((null, json.GetProperty("mark").GetProperty("name").GetString()));
                break;
            case "clear":
                var marks = _queue.Where(item => item.Mark is not null).ToArray();
                _queue.Clear();
                _playedOfFirst = 0;
                foreach (var mark in marks)
                {
                    _queue.Enqueue(mark);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>Plays one frame; the marks that it reached come back.</summary>
    private List<string> Play(int frame)
    {
        while (_played.Count < frame * Frame)
        {
            _played.Add(Silence);
        }

        var reached = new List<string>();
        var room = Frame;
        while (_queue.TryPeek(out var first) && (first.Audio is null || room > 0))
        {
            if (first.Audio is not { } audio)
            {
                reached.Add(first.Mark!);
                _queue.Dequeue();
                continue;
            }

            var taken = Math.Min(room, audio.Length - _playedOfFirst);
            _played.AddRange(audio.AsSpan(_playedOfFirst, taken));
            room -= taken;
            _playedOfFirst += taken;
            if (_playedOfFirst == audio.Length)
            {
                _queue.Dequeue();
                _playedOfFirst = 0;
            }
        }

        _played.AddRange(Enumerable.Repeat(Silence, room));
        return reached;
    }
}
