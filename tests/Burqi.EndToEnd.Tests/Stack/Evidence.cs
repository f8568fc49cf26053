using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Testing;

namespace Burqi.EndToEnd.Tests.Stack;

/// <summary>A recording as the API shows it: the members that these tests look at.</summary>
internal sealed record RecordingRow
{
    [JsonPropertyName("id")]
    public required Guid Id { get; init; }

    [JsonPropertyName("recording_type")]
    public required string Type { get; init; }

    [JsonPropertyName("recording_source")]
    public required string Source { get; init; }

    [JsonPropertyName("status")]
    public required string Status { get; init; }

    [JsonPropertyName("duration_ms")]
    public long? DurationMs { get; init; }

    [JsonPropertyName("file_size")]
    public long? FileSize { get; init; }

    [JsonPropertyName("sha256")]
    public string? Sha256 { get; init; }

    [JsonPropertyName("s3_key")]
    public string? ObjectKey { get; init; }

    [JsonPropertyName("recording_sid")]
    public string? RecordingSid { get; init; }

    [JsonPropertyName("recording_metadata")]
    public JsonElement Metadata { get; init; }

    /// <summary>Whether it is one channel of another recording.</summary>
    public bool IsSplit => Says("split_from") is not null;

    /// <summary>Whether its audio lies in the store, and that of ours too where the row points at the provider's instead.</summary>
    public bool IsStored => Status == "completed" && (Says("local_status") ?? Status) == "completed";

    /// <summary>The objects it has in the store that are of no other row.</summary>
    public string OwnObjectKey => Says("local_s3_key") ?? ObjectKey!;

    public string? Says(string name) => Metadata.TryGetProperty(name, out var value) ? value.ToString() : null;
}

/// <summary>What the API tells of a call, and what its audio holds.</summary>
internal static class Evidence
{
    /// <summary>The four recordings of a two-party call, by type.</summary>
    public static readonly string[] FourTypes = ["assistant", "mixed", "provider", "user"];

    /// <summary>A bus reconnects half a minute after its broker at the latest; one that is stuck ends its process after a minute more.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    public static async Task<IReadOnlyList<RecordingRow>> RecordingsOfAsync(HttpClient api, string callSid)
    {
        var page = await api.GetFromJsonAsync<JsonElement>(new Uri($"/recordings?call_id={callSid}", UriKind.Relative));
        page.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
        return [.. page.GetProperty("items").Deserialize<RecordingRow[]>()!.OrderBy(row => row.Type, StringComparer.Ordinal)];
    }

    /// <summary>Waits until media has put audio of the call on disk: what never reached the service cannot outlive it.</summary>
    public static Task CaptureBeganAsync(string recordingsFolder, string callSid) => Eventually.BecomesTrueAsync(
        () => Directory.Exists(Path.Combine(recordingsFolder, callSid))
            && new DirectoryInfo(Path.Combine(recordingsFolder, callSid)).EnumerateFiles("assistant_*").Any(file => file.Length > 1000));

    /// <summary>Waits for the four rows to be completed and everything of them to be stored, and makes sure that there are no others but channels of these.</summary>
    public static async Task<IReadOnlyDictionary<string, RecordingRow>> FourCompletedAsync(HttpClient api, string callSid)
    {
        IReadOnlyList<RecordingRow> rows = [];
        try
        {
            await Eventually.BecomesTrueAsync(
                async () =>
                {
                    rows = [.. (await RecordingsOfAsync(api, callSid)).Where(row => !row.IsSplit)];
                    return rows.Count >= FourTypes.Length && rows.All(row => row.IsStored && row.Source == (row.Type == "provider" ? "twilio" : "local"));
                },
                Limit);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message} Rows: {string.Join("; ", rows)}", late);
        }

        rows.Select(row => row.Type).ShouldBe(FourTypes);
        return rows.ToDictionary(row => row.Type);
    }

    /// <summary>The samples of a WAV file downloaded through the API, one array a channel.</summary>
    public static async Task<short[][]> SamplesAsync(HttpClient api, string callSid, RecordingRow row)
    {
        using var answer = await api.GetAsync(new Uri($"/calls/{callSid}/recording/{row.Id}", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var file = await answer.Content.ReadAsByteArrayAsync();
        file.LongLength.ShouldBe(row.FileSize!.Value);
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)).ShouldBe(row.Sha256);
        return ReadWav(file);
    }

    /// <summary>Reads 16-bit PCM by its chunks; the sizes must be exact.</summary>
    public static short[][] ReadWav(byte[] file, uint sampleRate = 8000)
    {
        file.AsSpan(0, 4).SequenceEqual("RIFF"u8).ShouldBeTrue();
        BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(4)).ShouldBe((uint)file.Length - 8);
        file.AsSpan(8, 4).SequenceEqual("WAVE"u8).ShouldBeTrue();
        var channels = 0;
        for (var position = 12; position + 8 <= file.Length;)
        {
            var size = (int)BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(position + 4));
            var chunk = file.AsSpan(position + 8, size);
            if (file.AsSpan(position, 4).SequenceEqual("fmt "u8))
            {
                BinaryPrimitives.ReadUInt16LittleEndian(chunk).ShouldBe((ushort)1);
                channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
                BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]).ShouldBe(sampleRate);
            }
            else if (file.AsSpan(position, 4).SequenceEqual("data"u8))
            {
                var samples = new short[channels][];
                for (var channel = 0; channel < channels; channel++)
                {
                    samples[channel] = new short[size / 2 / channels];
                    for (var i = 0; i < samples[channel].Length; i++)
                    {
                        samples[channel][i] = BinaryPrimitives.ReadInt16LittleEndian(chunk[(2 * ((i * channels) + channel))..]);
                    }
                }

                return samples;
            }

            position += 8 + size + (size & 1);
        }

        throw new InvalidDataException("The file has no data chunk.");
    }

    /// <summary>The mix made here, of which the row shows the provider's recording instead once that is there: as it lies on the media node.</summary>
    public static short[][] MixOfOurs(string recordingsFolder, string callSid) =>
        ReadWav(File.ReadAllBytes(Directory.GetFiles(Path.Combine(recordingsFolder, callSid), "mixed_*.wav").ShouldHaveSingleItem()));

    /// <summary>The call's mix is the provider's recording, and says so.</summary>
    public static void ShouldBeUpgraded(this IReadOnlyDictionary<string, RecordingRow> rows)
    {
        var (mix, provider) = (rows["mixed"], rows["provider"]);
        (mix.ObjectKey, mix.Sha256, mix.FileSize, mix.DurationMs, mix.RecordingSid)
            .ShouldBe((provider.ObjectKey, provider.Sha256, provider.FileSize, provider.DurationMs, provider.RecordingSid));
        (mix.Source, mix.Says("source"), mix.Says("original_source")).ShouldBe(("local", "twilio_override", "local"));
        mix.OwnObjectKey.ShouldNotBe(provider.ObjectKey);
    }

    /// <summary>Whether one channel holds just the samples expected; the message names the first that differs.</summary>
    public static void ShouldHold(this short[][] captured, short[] expected)
    {
        var samples = captured.ShouldHaveSingleItem();
        samples.Length.ShouldBe(expected.Length);
        var same = samples.AsSpan().CommonPrefixLength(expected);
        same.ShouldBe(expected.Length, "the index of the first sample that differs");
    }

    /// <summary>
    /// Whether one channel holds what was heard up to a kill: the samples expected, then silence where the other track's last bytes
    /// reached its file and this one's did not.
    /// </summary>
    public static void ShouldHoldTheBeginningOf(this short[][] captured, short[] expected, TimeSpan atLeast)
    {
        var samples = captured.ShouldHaveSingleItem();
        var same = samples.AsSpan().CommonPrefixLength(expected);
        same.ShouldBeGreaterThanOrEqualTo((int)(atLeast.TotalSeconds * 8000));
        samples.AsSpan(same).ContainsAnyExcept((short)0).ShouldBeFalse($"sample {same} differs from what was sent, and it is not the end");
    }

    /// <summary>What a faithful recording of the call's first stream holds: user, assistant and mixed, equally long.</summary>
    public static (short[] User, short[] Assistant, short[] Mixed) Expected(SimulatedCall call)
    {
        var user = MuLaw.Decode(call.Streams[0].Timeline("inbound"));
        var assistant = MuLaw.Decode(call.Streams[0].Timeline("outbound"));
        var length = Math.Max(user.Length, assistant.Length);
        Array.Resize(ref user, length);
        Array.Resize(ref assistant, length);
        var mixed = user.Zip(assistant, (a, b) => (short)Math.Clamp(a + b, short.MinValue, short.MaxValue)).ToArray();
        return (user, assistant, mixed);
    }
}
