using System.Text.Json.Nodes;

namespace Burqi.Catalog.Tests.Fixtures;

internal static class JsonAssertions
{
    /// <summary>Each named property must be there, with this value; a number compares by its value.</summary>
    public static void ShouldHave(this JsonNode? node, params (string Name, object? Value)[] expected)
    {
        var actual = node.ShouldNotBeNull().AsObject();
        foreach (var (name, value) in expected)
        {
            actual.ContainsKey(name).ShouldBeTrue($"{name} is not there");
            (actual[name]?.ToJsonString()).ShouldBe(value switch
            {
                null => null,
                string text => JsonValue.Create(text).ToJsonString(),
                bool flag => flag ? "true" : "false",
                _ => FormattableString.Invariant($"{value}"),
            }, name);
        }
    }
}
