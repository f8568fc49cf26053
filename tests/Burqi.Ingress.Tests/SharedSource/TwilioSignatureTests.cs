using System.Text;
using Burqi.Ingress.Twilio;
using Burqi.Twilio;

namespace Burqi.Ingress.Tests.SharedSource;

public sealed class TwilioSignatureTests
{
    private const string Published = "twilio-signature.json";
    private const string Spellings = "twilio-signature-spellings.json";

    public static TheoryData<string> Requests => Names(Published, "sign");

    public static TheoryData<string> Forms => [.. SignatureVector.Read(Published, "sign").Where(v => v.Kind == "form").Select(v => v.Name)];

    public static TheoryData<string> Deliveries => Names(Published, "verify");

    public static TheoryData<string> OtherSpellings => Names(Spellings, "verify");

    [Theory]
    [MemberData(nameof(Requests))]
    public void Compute_PublishedRequest_IsTheLibrarysSignature(string name)
    {
        var vector = Vector(Published, "sign", name);

        TwilioSignature.Compute(vector.AuthToken, vector.Url!, vector.Parameters).ShouldBe(vector.ExpectedSignature);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void IsValid_PublishedRequest_IsAccepted(string name)
    {
        var vector = Vector(Published, "sign", name);

        IsValid(vector, vector.Url!, vector.ExpectedSignature!).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void ReadForm_PublishedBody_GivesTheParametersThatWereSigned(string name)
    {
        var vector = Vector(Published, "sign", name);

        TwilioForm.Parse(Encoding.UTF8.GetBytes(vector.RawBody!)).Parameters.ShouldBe(vector.Parameters);
    }

    [Theory]
    [MemberData(nameof(Deliveries))]
    public void IsValid_PublishedDelivery_AgreesWithTheLibrary(string name)
    {
        var vector = Vector(Published, "verify", name);

        IsValid(vector, vector.CandidateUrl!, vector.Signature!).ShouldBe(vector.ExpectedValid);
    }

    [Theory]
    [MemberData(nameof(OtherSpellings))]
    public void IsValid_OtherSpellingOfTheUrl_AgreesWithTheLibrary(string name)
    {
        var vector = Vector(Spellings, "verify", name);

        IsValid(vector, vector.CandidateUrl!, vector.Signature!).ShouldBe(vector.ExpectedValid);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0G74lIftggfgg4kRAsfOg2nitvQ")]
    [InlineData("0G74lIftggfgg4kRAsfOg2nitvQ= ")]
    [InlineData("\u00e9\ud83d\ude00")]
    public void IsValid_NoSignatureOrADamagedOne_IsRefused(string? signature) =>
        TwilioSignature.IsValid("d41d8cd98f00b204e9800998ecf8427e", signature, "https://burqi.example.com/a", [KeyValuePair.Create("CallSid", "CA1")])
            .ShouldBeFalse();

    [Theory]
    [InlineData("not a url")]
    [InlineData("")]
    [InlineData("://x")]
    [InlineData("https://")]
    [InlineData("https://[")]
    [InlineData("https://@:/")]
    public void IsValid_UrlThatIsNone_IsRefusedAndDoesNotThrow(string url) =>
        TwilioSignature.IsValid("token", "0G74lIftggfgg4kRAsfOg2nitvQ=", url, []).ShouldBeFalse();

    [Fact]
    public void IsValidForBody_UrlWithoutABodyHash_IsRefused()
    {
        const string url = "https://burqi.example.com/e?x=1";

        TwilioSignature.IsValidForBody("token", TwilioSignature.Compute("token", url, []), url, "{}"u8).ShouldBeFalse();
    }

    private static bool IsValid(SignatureVector vector, string url, string signature) =>
        vector.RawBody is not null && (vector.Kind == "json" || url.Contains("bodySHA256=", StringComparison.Ordinal))
            ? TwilioSignature.IsValidForBody(vector.AuthToken, signature, url, Encoding.UTF8.GetBytes(vector.RawBody))
            : TwilioSignature.IsValid(vector.AuthToken, signature, url, vector.Parameters);

    private static TheoryData<string> Names(string file, string section) => [.. SignatureVector.Read(file, section).Select(v => v.Name)];

    private static SignatureVector Vector(string file, string section, string name) =>
        SignatureVector.Read(file, section).Single(v => v.Name == name);
}
