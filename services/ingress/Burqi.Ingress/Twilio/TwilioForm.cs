using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Burqi.Ingress.Twilio;

/// <summary>The parameters of a webhook, decoded, in the order in which they came.</summary>
internal sealed class TwilioForm
{
    private TwilioForm(IReadOnlyList<KeyValuePair<string, string>> parameters) => Parameters = parameters;

    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; }

    /// <summary>
    /// The parameter's value without control characters, which no store and no log has a use for; null where it is absent or empty, as many of
    /// Twilio's are.
    /// </summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in Parameters)
            {
                if (key == name)
                {
                    var text = value.Any(char.IsControl) ? string.Concat(value.Where(c => !char.IsControl(c))) : value;
                    return text.Length > 0 ? text : null;
                }
            }

            return null;
        }
    }

    /// <summary>The parameter's value, cut where it is longer than anybody keeps: what is odd about one value is not to cost the call its record.</summary>
    public string? Text(string name, int longest)
    {
        if (this[name] is not { } text || text.Length <= longest)
        {
            return this[name];
        }

        return text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
    }

    /// <summary>The parameter as a whole number of at least nought; null otherwise: Twilio sends <c>-1</c> for what it does not know yet.</summary>
    public long? Count(string name) =>
        long.TryParse(this[name], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    /// <summary>The digits a parameter begins with, such as the code of <c>31921 - Stream - WebSocket - Close Error</c>.</summary>
    public long? LeadingCount(string name) =>
        long.TryParse(this[name].AsSpan().Slice(0, DigitsAtStart(this[name])), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    /// <summary>A whole number of seconds as milliseconds; null where there is none or it is beyond any call's length.</summary>
    public long? SecondsAsMs(string name) => Count(name) is { } seconds and <= int.MaxValue ? seconds * 1000 : null;

    private static int DigitsAtStart(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : text.Length;

    public static TwilioForm Parse(ReadOnlySpan<byte> body)
    {
        var parameters = new List<KeyValuePair<string, string>>();

        // The body's own limit is the only one: another, met before the signature is checked, would be a failure of ours instead of a refusal.
        using var reader = new FormReader(Encoding.UTF8.GetString(body)) { KeyLengthLimit = int.MaxValue, ValueLengthLimit = int.MaxValue, ValueCountLimit = int.MaxValue };
        while (reader.ReadNextPair() is { } pair)
        {
            parameters.Add(pair);
        }

        return new TwilioForm(parameters);
    }

    /// <summary>The members of a JSON object that hold text, numbers or truth values; null where the body is no JSON object.</summary>
    public static TwilioForm? ParseJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            return new TwilioForm(
            [
                .. document.RootElement.EnumerateObject()
                    .Where(member => member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
                    .Select(member => KeyValuePair.Create(member.Name, member.Value.ToString())),
            ]);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // the latter for text that is no Unicode
        }
    }
}
