using System.Text.Json;

namespace Burqi.Simulator.Tests;

/// <summary>Known answers, made with other people's implementations.</summary>
internal static class Vectors
{
    public static JsonElement Read(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", name + ".json"))).RootElement;
}
