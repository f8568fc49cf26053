using Burqi.Ingress.Twilio.Voice;

namespace Burqi.Ingress.Tests.Twilio.Voice;

public sealed class TwimlTests
{
    [Fact]
    public void StartStream_CharactersOfXml_AreEscaped()
    {
        var twiml = new Twiml(Twiml.StartStream("a\"b", "wss://x/<y>", "https://x/?a=1&b='2'", [new("p", "t\"<&>")]));

        var text = twiml.Document.ToString(System.Xml.Linq.SaveOptions.DisableFormatting);

        text.ShouldContain("name=\"a&quot;b\"");
        text.ShouldContain("url=\"wss://x/&lt;y&gt;\"");
        text.ShouldContain("statusCallback=\"https://x/?a=1&amp;b='2'\"");
        text.ShouldContain("value=\"t&quot;&lt;&amp;&gt;\"");
    }

    [Fact]
    public void StartStream_WithoutParameters_HasNone() =>
        Twiml.StartStream("n", "wss://x/y", "https://x/z", []).Descendants("Parameter").ShouldBeEmpty();
}
