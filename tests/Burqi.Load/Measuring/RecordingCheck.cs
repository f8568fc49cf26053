using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Burqi.Load.Generator;
using Burqi.Simulator.Audio;

namespace Burqi.Load.Measuring;

/// <summary>Whether everything that was sent was recorded: every frame by the manifests' counts, some files sample by sample.</summary>
internal static class RecordingCheck
{
    private static readonly string[] TrackNames = ["user", "assistant"];

    /// <summary>Waits until the calls' manifests are final and counts.</summary>
    public static async Task<RecordedFrames> CountAsync(string folder, IReadOnlyList<string> callSids, TimeSpan limit)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var manifests = callSids.Select(sid => ReadManifest(folder, sid)).ToArray();
            var finished = manifests.Count(manifest => manifest is { } m && m.GetProperty("state").GetString() is "final" or "announced");
            if (finished == callSids.Count || clock.Elapsed > limit)
            {
                return Sum(manifests, finished);
            }

            await Task.Delay(200);
        }
    }

    /// <summary>Compares a call's three files with what was sent; null when they are the same, else the first thing that is not.</summary>
    public static string? CompareSamples(string folder, int call, string callSid, long frames)
    {
        var path = Path.Combine(folder, callSid);
        var expected = TrackNames.Select((_, track) =>
        {
            var samples = new short[frames * AudioFrame.Samples];
            for (long frame = 0; frame < frames; frame++)
            {
                FrameBank.Samples(call, track, frame).CopyTo(samples.AsSpan((int)(frame * AudioFrame.Samples)));
            }

            return samples;
        }).ToArray();
        var mixed = expected[0].Zip(expected[1], (a, b) => (short)Math.Clamp(a + b, short.MinValue, short.MaxValue)).ToArray();
        foreach (var (name, samples) in new[] { (TrackNames[0], expected[0]), (TrackNames[1], expected[1]), ("mixed", mixed) })
        {
            var file = Directory.GetFiles(path, name + "_*.wav");
            if (file.Length != 1)
            {
                return $"{callSid} has {file.Length} files {name}";
            }

            var recorded = ReadWav(File.ReadAllBytes(file[0]));
            if (recorded.Length != samples.Length)
            {
                return $"{callSid}/{name} holds {recorded.Length} samples, {samples.Length} were sent";
            }

            var same = recorded.CommonPrefixLength(samples);
            if (same != samples.Length)
            {
                return $"{callSid}/{name} differs from what was sent from sample {same} on";
            }
        }

        return null;
    }

    internal static ReadOnlySpan<short> ReadWav(ReadOnlySpan<byte> file)
    {
        for (var position = 12; position + 8 <= file.Length;)
        {
            var size = (int)BinaryPrimitives.ReadUInt32LittleEndian(file[(position + 4)..]);
            if (file.Slice(position, 4).SequenceEqual("data"u8))
            {
                return MemoryMarshal.Cast<byte, short>(file.Slice(position + 8, size));
            }

            position += 8 + size + (size & 1);
        }

        throw new InvalidDataException("The file has no data chunk.");
    }

    private static RecordedFrames Sum(JsonElement?[] manifests, int finished)
    {
        long received = 0;
        long lost = 0;
        long gaps = 0;
        foreach (var manifest in manifests.OfType<JsonElement>())
        {
            lost += Number(manifest, "messages_lost") + Number(manifest, "messages_rejected");
            foreach (var track in manifest.GetProperty("tracks").EnumerateArray())
            {
                if (track.TryGetProperty("facts", out var facts) && facts.ValueKind == JsonValueKind.Object)
                {
                    received += Number(facts, "frames_received");
                    gaps += Number(facts, "gap_count");
                }
            }
        }

        return new RecordedFrames(finished, received, lost, gaps);
    }

    private static long Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : 0;

    private static JsonElement? ReadManifest(string folder, string callSid)
    {
        var path = Path.Combine(folder, callSid);
        if (!Directory.Exists(path) || Directory.GetFiles(path, "manifest_*.json") is not [var file])
        {
            return null;
        }

        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        return json.RootElement.Clone();
    }
}

/// <summary>What the manifests of a run say.</summary>
/// <param name="Finished">Calls whose recordings are final.</param>
/// <param name="Received">Frames on all tracks.</param>
/// <param name="Lost">Messages that were sent and never came, or could not be used.</param>
/// <param name="Gaps">Stretches without audio.</param>
internal sealed record RecordedFrames(int Finished, long Received, long Lost, long Gaps);
