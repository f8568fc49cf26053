using System.Text;
using System.Text.Json;

namespace Burqi.Media.Streams;

/// <summary>A mark's name: what an agent calls it and what the provider returns must come out alike, however either writes it.</summary>
internal static class MarkName
{
    /// <summary>
    /// The <c>name</c> in UTF-8 of the mark that <paramref name="json"/> stands on; empty where there is none. One without escapes, as nearly
    /// all are, costs nothing.
    /// </summary>
    public static ReadOnlySpan<byte> ReadFrom(scoped ref Utf8JsonReader json)
    {
        ReadOnlySpan<byte> name = default;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return name;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isName = json.ValueTextEquals("name"u8);
            json.Read();
            if (isName && json.TokenType == JsonTokenType.String)
            {
                name = json.ValueIsEscaped ? Encoding.UTF8.GetBytes(json.GetString()!) : json.ValueSpan;
            }

            json.Skip();
        }

        return name;
    }
}
