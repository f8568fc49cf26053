using System.Security.Cryptography;
using System.Text;
using Burqi.Contracts;
using Burqi.Streams;

namespace Burqi.Ingress.Tests.SharedSource;

public sealed class StreamTokenTests
{
    private const string Call = "CA00000000000000000000000000000001";
    private const string OtherCall = "CA00000000000000000000000000000002";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly byte[] Key = StreamToken.DeriveKey(streamSecret: null, authToken: "0123456789abcdef0123456789abcdef")!;

    [Theory]
    [InlineData("front-desk")]
    [InlineData("Empfang_2.b")]
    [InlineData("büro")]
    [InlineData(null)]
    public void TryRead_OwnToken_GivesItsAssistantNonceAndExpiry(string? assistantId)
    {
        var token = StreamToken.Create(Key, Providers.Twilio, Call, assistantId, Now + StreamToken.Lifetime);

        StreamToken.TryRead(Key, token, Providers.Twilio, Call, Now, out var read).ShouldBeTrue();
        read.AssistantId.ShouldBe(assistantId);
        read.Nonce.ShouldMatch("^[0-9a-f]{16}$");
        read.ExpiresAt.ShouldBe(Now + TimeSpan.FromHours(4));
    }

    [Fact]
    public void Create_Token_HasTheDocumentedForm()
    {
        var token = StreamToken.Create(Key, Providers.Twilio, Call, "front-desk", Now);

        var parts = token.Split('.');
        parts[..2].ShouldBe(["1", "1800000000"]);
        parts[3].ShouldBe("ZnJvbnQtZGVzaw");
        var signed = Encoding.UTF8.GetBytes($"burqi-stream\ntwilio\n{Call}\nfront-desk\n1800000000\n{parts[2]}");
        var mac = Convert.ToBase64String(HMACSHA256.HashData(Key, signed)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        parts[4].ShouldBe(mac);
        token.Split('.').Length.ShouldBe(5);
    }

    [Fact]
    public void Create_SameCallTwice_GivesTwoTokens() =>
        StreamToken.Create(Key, Providers.Twilio, Call, null, Now).ShouldNotBe(StreamToken.Create(Key, Providers.Twilio, Call, null, Now));

    [Fact]
    public void TryRead_OfAnotherCallProviderOrKey_IsRefused()
    {
        var token = StreamToken.Create(Key, Providers.Twilio, Call, "front-desk", Now + StreamToken.Lifetime);

        StreamToken.TryRead(Key, token, Providers.Twilio, OtherCall, Now, out _).ShouldBeFalse();
        StreamToken.TryRead(Key, token, Providers.Acs, Call, Now, out _).ShouldBeFalse();
        StreamToken.TryRead(StreamToken.DeriveKey("another", null)!, token, Providers.Twilio, Call, Now, out _).ShouldBeFalse();
    }

    [Fact]
    public void TryRead_AtItsExpiry_IsRefused()
    {
        var token = StreamToken.Create(Key, Providers.Twilio, Call, null, Now + StreamToken.Lifetime);

        StreamToken.TryRead(Key, token, Providers.Twilio, Call, Now + StreamToken.Lifetime - TimeSpan.FromSeconds(1), out _).ShouldBeTrue();
        StreamToken.TryRead(Key, token, Providers.Twilio, Call, Now + StreamToken.Lifetime, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(1, "1900000000")]
    [InlineData(2, "0000000000000000")]
    [InlineData(3, "b3RoZXI")]
    [InlineData(3, "")]
    [InlineData(4, "")]
    [InlineData(0, "2")]
    public void TryRead_PartExchanged_IsRefused(int part, string value)
    {
        var parts = StreamToken.Create(Key, Providers.Twilio, Call, "front-desk", Now + StreamToken.Lifetime).Split('.');
        parts[part] = value;

        StreamToken.TryRead(Key, string.Join('.', parts), Providers.Twilio, Call, Now, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("....")]
    [InlineData("1")]
    [InlineData("1.1900000000.0123456789abcdef..!!!")]
    [InlineData("1.1900000000.0123456789abcdef.%%.AAAA")]
    [InlineData("1.99999999999999999999.0123456789abcdef..AAAA")]
    [InlineData("1.1900000000.0123456789abcdef..AAAA.AAAA")]
    public void TryRead_Nonsense_IsRefused(string? token) =>
        StreamToken.TryRead(Key, token, Providers.Twilio, Call, Now, out _).ShouldBeFalse();

    [Fact]
    public void TryRead_MuchTooLong_IsRefused() =>
        StreamToken.TryRead(Key, new string('.', 100_000), Providers.Twilio, Call, Now, out _).ShouldBeFalse();

    [Fact]
    public void DeriveKey_StreamSecret_ComesBeforeTheAuthToken()
    {
        StreamToken.DeriveKey("secret", "token").ShouldBe(StreamToken.DeriveKey("secret", null));
        StreamToken.DeriveKey(" ", "token").ShouldBe(StreamToken.DeriveKey(null, "token"));
        StreamToken.DeriveKey("secret", "token").ShouldNotBe(StreamToken.DeriveKey(null, "token"));
        StreamToken.DeriveKey("", null).ShouldBeNull();
    }
}
