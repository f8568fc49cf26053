using System.Buffers;
using System.Globalization;
using System.Text;

namespace Burqi.Twilio;

/// <summary>
/// The spellings of a URL that Twilio may have signed, in the order in which its own libraries try them: as received, without its port
/// and with the scheme's own; the same two in the normal form of the WHATWG URL standard, since part of Twilio's back end signs that;
/// and the same again with the query re-encoded as Node's legacy <c>querystring</c> module does. All by hand: System.Uri unescapes.
/// </summary>
internal static class TwilioUrlVariants
{
    // The percent-encode sets of https://url.spec.whatwg.org/#percent-encoded-bytes, less what is never ASCII-printable.
    private static readonly SearchValues<char> EncodedInPath = SearchValues.Create(" \"#<>?`{}");
    private static readonly SearchValues<char> EncodedInQuery = SearchValues.Create(" \"#<>'");
    private static readonly SearchValues<char> KeptByQuerystring =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()");

    public static IEnumerable<string> Of(string url)
    {
        if (Parts.Split(url) is not { } received)
        {
            return [url];
        }

        var normal = Normalize(received);
        var legacy = normal with { Rest = ReencodeQuery(normal.Rest) };
        string[] variants =
        [
            received.WithoutPort(), received.WithPort(),
            normal.WithoutPort(), normal.WithPort(),
            legacy.WithoutPort(), legacy.WithPort(),
        ];
        return variants.Distinct(StringComparer.Ordinal);
    }

    private static Parts Normalize(Parts url)
    {
        var scheme = url.Scheme.ToLowerInvariant();
        var rest = url.Rest;
        var fragment = rest.IndexOf('#', StringComparison.Ordinal);
        var beforeFragment = fragment < 0 ? rest : rest[..fragment];
        var query = beforeFragment.IndexOf('?', StringComparison.Ordinal);
        var path = NormalizePath(query < 0 ? beforeFragment : beforeFragment[..query]);

        return url with
        {
            Scheme = scheme,
            Host = url.Host.ToLowerInvariant(),
            Port = url.Port == Parts.DefaultPort(scheme) ? "" : url.Port,
            Rest = path + (query < 0 ? "" : Encode(beforeFragment[query..], EncodedInQuery)) + (fragment < 0 ? "" : rest[fragment..]),
        };
    }

    private static string NormalizePath(string path)
    {
        var segments = new List<string>();
        var parts = path.Replace('\\', '/').Split('/').Skip(1).ToArray();
        for (var i = 0; i < parts.Length; i++)
        {
            var last = i == parts.Length - 1;
            switch (parts[i].Replace("%2e", ".", StringComparison.OrdinalIgnoreCase))
            {
                case ".":
                    break;
                case "..":
                    if (segments.Count > 0)
                    {
                        segments.RemoveAt(segments.Count - 1);
                    }

                    break;
                default:
                    segments.Add(Encode(parts[i], EncodedInPath));
                    continue;
            }

            if (last)
            {
                segments.Add(""); // "/a/." names the folder "/a/"
            }
        }

        return "/" + string.Join('/', segments);
    }

    /// <summary>Percent-encodes (UTF-8) controls, what is not ASCII, and the characters of <paramref name="set"/>; the first character, a <c>?</c>, stands.</summary>
    private static string Encode(string text, SearchValues<char> set)
    {
        var encoded = new StringBuilder(text.Length);
        var start = text.StartsWith('?') ? 1 : 0;
        encoded.Append(text, 0, start);
        foreach (var rune in text.AsSpan(start).EnumerateRunes())
        {
            if (rune.IsAscii && rune.Value is > 0x1F and not 0x7F && !set.Contains((char)rune.Value))
            {
                encoded.Append((char)rune.Value);
            }
            else
            {
                AppendPercentEncoded(encoded, rune);
            }
        }

        return encoded.ToString();
    }

    private static string ReencodeQuery(string rest)
    {
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        if (query < 0 || query == rest.Length - 1)
        {
            return rest;
        }

        // A fragment is swallowed into the last value, as the legacy module does: it knows no fragments.
        var pairs = rest[(query + 1)..].Split('&')
            .Where(pair => pair.Length > 0)
            .Take(1000) // the module's own limit
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (Name: Unescape(pair[0]), Value: pair.Length == 2 ? Unescape(pair[1]) : ""))
            .GroupBy(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal)
            // The module keeps the pairs in a JavaScript object, whose integer-like names come first, ascending.
            .OrderBy(group => ArrayIndex(group.Key) ?? long.MaxValue)
            .SelectMany(group => group.Select(value => Escape(group.Key) + "=" + Escape(value)));
        return rest[..(query + 1)] + string.Join('&', pairs);
    }

    private static long? ArrayIndex(string name) =>
        uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && index != uint.MaxValue
        && (name.Length == 1 || name[0] != '0')
            ? index
            : null;

    private static string Unescape(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Replace('+', ' '));
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '%' && i + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[i + 1]) && char.IsAsciiHexDigit((char)bytes[i + 2]))
            {
                bytes[length++] = byte.Parse(bytes.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                i += 2;
            }
            else
            {
                bytes[length++] = bytes[i];
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && KeptByQuerystring.Contains((char)rune.Value))
            {
                escaped.Append((char)rune.Value);
            }
            else
            {
                AppendPercentEncoded(escaped, rune);
            }
        }

        return escaped.ToString();
    }

    private static void AppendPercentEncoded(StringBuilder text, Rune rune)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)])
        {
            text.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>A URL cut where it stands. <c>UserInfo</c> ends in <c>@</c>, <c>Port</c> begins with a colon; either may be empty.</summary>
    private sealed record Parts(string Scheme, string UserInfo, string Host, string Port, string Rest)
    {
        public static Parts? Split(string url)
        {
            var schemeEnd = url.IndexOf("://", StringComparison.Ordinal);
            if (schemeEnd <= 0)
            {
                return null;
            }

            var start = schemeEnd + 3;
            var length = url.AsSpan(start).IndexOfAny('/', '?', '#');
            var authority = length < 0 ? url[start..] : url.Substring(start, length);
            var host = authority.LastIndexOf('@') + 1;
            // A colon inside the brackets of an IPv6 literal begins no port.
            var port = authority.IndexOf(':', Math.Max(host, authority.LastIndexOf(']') + 1));
            return new Parts(
                url[..schemeEnd],
                authority[..host],
                port < 0 ? authority[host..] : authority[host..port],
                port < 0 ? "" : authority[port..],
                url[(start + authority.Length)..]);
        }

        /// <summary>The port a scheme implies in the WHATWG URL standard.</summary>
        public static string DefaultPort(string scheme) => scheme is "https" or "wss" ? ":443" : ":80";

        public string WithoutPort() => $"{Scheme}://{UserInfo}{Host}{Rest}";

        // Twilio's libraries add 443 for https and 80 for everything else, wss included.
        public string WithPort() =>
            $"{Scheme}://{UserInfo}{Host}{(Port.Length > 0 ? Port : Scheme.Equals("https", StringComparison.OrdinalIgnoreCase) ? ":443" : ":80")}{Rest}";
    }
}
