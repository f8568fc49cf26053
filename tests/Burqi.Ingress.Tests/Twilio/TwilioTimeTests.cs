using Burqi.Ingress.Twilio;

namespace Burqi.Ingress.Tests.Twilio;

public sealed class TwilioTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 24, 18, 20, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Tue, 24 Mar 2026 18:15:40 +0000", "2026-03-24T18:15:40.000")]
    [InlineData("Tue, 03 Mar 2026 08:05:01 +0000", "2026-03-03T08:05:01.000")]
    [InlineData("Tue, 3 Mar 2026 08:05:01 -0530", "2026-03-03T13:35:01.000")]
    [InlineData("24 Mar 2026 18:15:40 +0000", "2026-03-24T18:15:40.000")]
    [InlineData("Tue, 24 Mar 2026 18:15:40 GMT", "2026-03-24T18:15:40.000")]
    [InlineData("Wed, 25 Mar 2026 18:20:00 +0000", "2026-03-25T18:20:00.000")]
    [InlineData("Sat, 01 Jan 2000 00:00:00 +0000", "2000-01-01T00:00:00.000")]
    [InlineData("2026-03-24T18:15:40Z", "2026-03-24T18:15:40.000")]
    [InlineData("2026-03-24T18:15:40.123456Z", "2026-03-24T18:15:40.123")]
    [InlineData("2026-03-24T20:15:40.5+02:00", "2026-03-24T18:15:40.500")]
    public void Parse_TimeAsTwilioWritesIt_IsUtc(string text, string expected)
    {
        var time = TwilioTime.Parse(text, Now).ShouldNotBeNull();

        time.Offset.ShouldBe(TimeSpan.Zero);
        time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture).ShouldBe(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("Mon, 24 Mar 2026 18:15:40 +0000")]
    [InlineData("Tue, 24 Mar 2026 25:15:40 +0000")]
    [InlineData("1774376140")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 +0000")]
    [InlineData("Wed, 25 Mar 2026 18:20:01 +0000")]
    [InlineData("Fri, 31 Dec 1999 23:59:59 +0000")]
    [InlineData("0001-01-01T00:00:00Z")]
    public void Parse_AnythingElse_IsNoTime(string? text) => TwilioTime.Parse(text, Now).ShouldBeNull();
}
