using System.Text.Json.Nodes;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>Published values that neither the product nor its tests computed.</summary>
internal static class Vectors
{
    public static short[] MuLawTable { get; } = [.. Read("g711.json")["mulawDecode"]!.AsArray().Select(value => (short)value!.GetValue<int>())];

    public static JsonArray MediaStreams { get; } = Read("twilio-media-stream.json")["streams"]!.AsArray();

    public static JsonArray AcsStreams { get; } = Read("acs-media-stream.json")["streams"]!.AsArray();

    public static short[] Decode(IEnumerable<byte> muLaw) => [.. muLaw.Select(code => MuLawTable[code])];

    private static JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", name)))!;
}
