using System.Buffers;
using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Burqi.Ingress.Twilio.Twiml;

/// <summary>
/// What may stand in an attribute. Each check writes a value as Twilio reads it, or throws; null stays null and is not written. Twilio
/// itself only warns of most mistakes (12200) and then does something else than was meant.
/// </summary>
internal static class TwimlSchema
{
    private static readonly SearchValues<char> Keys = SearchValues.Create("0123456789#*");

    /// <summary>An element with those attributes that have a value; the XML writer escapes them.</summary>
    /// <exception cref="TwimlException">A value holds a character that no XML document can hold.</exception>
    public static XElement Element(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        var element = new XElement(name);
        foreach (var (attribute, value) in attributes)
        {
            if (value is not null)
            {
                element.Add(new XAttribute(attribute, Characters(value, attribute)));
            }
        }

        return element;
    }

    public static string Text(string text, string what) => text.Length > 0 ? Characters(text, what) : throw Refused(what, "is empty");

    public static string? OneOf(string? value, IReadOnlyList<string> allowed, string what) =>
        value is null || allowed.Contains(value) ? value : throw Refused(what, "is not one of " + string.Join(", ", allowed));

    /// <summary>A space between two, never a comma.</summary>
    public static string? ListOf(IReadOnlyList<string>? values, IReadOnlyList<string> allowed, string what) => values switch
    {
        null => null,
        [] => throw Refused(what, "is empty"),
        _ when values.Distinct(StringComparer.Ordinal).Count() < values.Count => throw Refused(what, "names a value twice"),
        _ => string.Join(' ', values.Select(value => OneOf(value, allowed, what))),
    };

    public static string? Number(int? value, int least, int most, string what) => value is null || (value >= least && value <= most)
        ? value?.ToString(CultureInfo.InvariantCulture)
        : throw Refused(what, $"is not a number from {least} to {most}");

    public static string? Boolean(bool? value) => value switch { null => null, true => "true", false => "false" };

    public static string? PhoneNumber(string? value, string what) =>
        value is null || Burqi.Ingress.Twilio.PhoneNumber.IsE164(value) ? value : throw Refused(what, "is no number in E.164 form");

    public static string? FinishOnKey(string? value, string what) =>
        value is null || !value.AsSpan().ContainsAnyExcept(Keys) ? value : throw Refused(what, "holds something other than digits, # and *");

    /// <summary>An absolute http or https URL, whatever its query and fragment.</summary>
    public static string? CallbackUrl(string? value, string what) =>
        value is null || Absolute(value, what).Scheme is "https" or "http" ? value : throw Refused(what, "is no http or https URL");

    public static string StreamUrl(string value, string what)
    {
        var url = Absolute(value, what);
        return url switch
        {
            { Scheme: not "wss" } when url is not { Scheme: "ws", IsLoopback: true } => throw Refused(what, "is no wss URL"),
            _ when value.Contains('?', StringComparison.Ordinal) => throw Refused(what, "has a query string"),
            _ when value.Contains('#', StringComparison.Ordinal) => throw Refused(what, "has a fragment"),
            _ => value,
        };
    }

    private static Uri Absolute(string value, string what) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Host.Length > 0 && !value.Any(char.IsWhiteSpace)
            ? url
            : throw Refused(what, "is no absolute URL");

    private static string Characters(string value, string what)
    {
        try
        {
            return XmlConvert.VerifyXmlChars(value);
        }
        catch (XmlException exception)
        {
            throw new TwimlException($"{what} holds a character that XML cannot hold.", exception);
        }
    }

    public static TwimlException Refused(string what, string why) => new($"{what} {why}.");
}
