using System.Text.Json;
using Burqi.Simulator.Webhooks;

namespace Burqi.Simulator.Tests.Webhooks;

public sealed class TwilioSignerTests
{
    public static TheoryData<string> Names => [.. Cases().Select(c => c.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Sign_KnownRequest_GivesTwiliosSignature(string name)
    {
        var given = Cases().Single(c => c.GetProperty("name").GetString() == name);
        var token = given.GetProperty("authToken").GetString()!;
        var url = given.GetProperty("url").GetString()!;
        var signature = given.GetProperty("kind").GetString() == "form"
            ? TwilioSigner.SignForm(token, url, given.GetProperty("params").EnumerateArray().Select(p => KeyValuePair.Create(p[0].GetString()!, p[1].GetString()!)))
            : TwilioSigner.SignUrl(token, url);

        signature.ShouldBe(given.GetProperty("expectedSignature").GetString());
    }

    [Fact]
    public void Sign_UrlWithOverrides_LeavesTheFragmentOut() =>
        TwilioSigner.SignForm("12345", "https://example.com/a?b=c#rc=5&rp=all", []).ShouldBe(TwilioSigner.SignForm("12345", "https://example.com/a?b=c", []));

    private static JsonElement.ArrayEnumerator Cases() => Vectors.Read("twilio-signature").GetProperty("sign").EnumerateArray();
}
