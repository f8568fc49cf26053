using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Burqi.Catalog.Tests.Hostile;

/// <summary>What no client in its right mind sends.</summary>
internal static class HostileInput
{
    /// <summary>Texts that have broken somebody's server before.</summary>
    private static readonly string[] Known =
    [
        "' or '1'='1", "'; drop table catalog.recordings; --", "x' union select told::text from catalog.calls --", "\\'; select pg_sleep(5); --", "$1", "@id", "{0}", "%s%n",
        "../../../../etc/passwd", "..", ".", "/", "//", "\\..\\..\\windows\\win.ini", "~root", "file:///etc/passwd", "a\0b", "\0",
        "a\r\nX-Injected: 1", "a\nX-Injected: 1\n\n<html>", "\r\n\r\n", "\u2028", "\u202e\ud83d\ude00", "\ud800", "\uffff", "\u0001", "<script>alert(1)</script>", "\"><img src=x>", "a>; rel=\"next\", <b",
        "-1", "0", "1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e309", "NaN", "0x10", "1.5", "１２", "null", "true", "[]", "{}", "{\"a\":", "*",
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999-14:00", "2026-02-30T00:00:00Z", "2026-03-01T09:30:00Z", "infinity", "epoch",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "{00000000-0000-0000-0000-000000000000}",
        "MXwwfGE", "MnwwfGE", "MXwzMTU1Mzc4OTc1OTk5OTk5OTk5fGE", "MXwzMTU1Mzc4OTc1OTk5OTk5OTk5fDAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA", "ZXw5MjIzMzcyMDM2ODU0Nzc1ODA3", "====", "_-_-",
        "W/\"a\"", "\"", "bytes=0-", "bytes=-0", "bytes=9-1", "bytes=0-18446744073709551616", "bytes=0-0,1-1", new string('x', 500), new string('x', 501), new string('%', 1500),
        "completed", "twilio", "-started_at", "2026-03", "admin", "recordings:read",
    ];

    /// <summary>Sent as they are, where everything else is escaped.</summary>
    private static readonly string[] Raw = ["%zz", "%", "%00", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e", "%c0%ae%c0%ae%c0%af", "%ff%fe", "a;b=c", "%0d%0aX-Injected:%201", "+", "%2520"];

    public static Gen<string> Text => Gen.OneOf(Gen.Elements(Known), ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""));

    /// <summary>For an address.</summary>
    public static Gen<string> Escaped => Gen.Frequency((6, Text.Select(Escape)), (1, Gen.Elements(Raw)));

    /// <summary>For a header, which a client of ours could not even send with a line break in it.</summary>
    public static Gen<string> Header => Text.Select(text => string.Concat(text.Where(character => character is >= ' ' and < '\x7f')));

    /// <summary>For a body: mostly an object of the properties that are known somewhere.</summary>
    public static Gen<string> Body(string[] names) => Gen.Frequency(
        (1, Text),
        (1, Gen.Elements("", "null", "[]", "{", "{\"a\":1,\"a\":2}", new string('[', 3000), $"\"{new string('x', 70_000)}\"")),
        (6, Gen.Elements(names).Zip(Value).ArrayOf().Select(members => new JsonObject(members.DistinctBy(member => member.Item1).Select(member => KeyValuePair.Create(member.Item1, member.Item2()))).ToJsonString())));

    private static Gen<Func<JsonNode?>> Value => Gen.OneOf(
        Text.Select(text => (Func<JsonNode?>)(() => JsonValue.Create(text))),
        ArbMap.Default.GeneratorFor<long>().Select(number => (Func<JsonNode?>)(() => JsonValue.Create(number))),
        Gen.Elements<Func<JsonNode?>>(
            () => null,
            () => true,
            () => -1.5e300,
            () => new JsonArray(),
            () => new JsonArray("a\0b", null, 1),
            () => new JsonObject { ["a\0b"] = new JsonObject() },
            () => new JsonObject { ["default"] = new JsonObject { ["delete_after_days"] = long.MaxValue } }));

    // A client refuses to write half of a pair of surrogates; what arrives for it is this.
    private static string Escape(string text) => Uri.EscapeDataString(text);
}
