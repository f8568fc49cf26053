using Burqi.Simulator.Webhooks;

namespace Burqi.Simulator.Tests.Webhooks;

public sealed class ConnectionOverridesTests
{
    [Fact]
    public void Parse_NoFragment_RetriesOnceAndOnlyWithoutConnection()
    {
        var overrides = ConnectionOverrides.Parse("https://example.com/a?rc=5");

        overrides.RetryCount.ShouldBe(1);
        overrides.Retries(WebhookFailure.Connect).ShouldBeTrue();
        overrides.Retries(WebhookFailure.Read).ShouldBeFalse();
        overrides.Retries(WebhookFailure.ServerError).ShouldBeFalse();
        overrides.ConnectTimeout.ShouldBe(TimeSpan.FromSeconds(5));
        overrides.ReadTimeout.ShouldBe(TimeSpan.FromSeconds(15));
        overrides.TotalTimeout.ShouldBe(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void Parse_EveryKey_IsTaken()
    {
        var overrides = ConnectionOverrides.Parse("https://example.com/a#ct=100&rt=200&tt=300&rc=5&rp=4xx,rt&e=dublin,tokyo");

        overrides.ConnectTimeout.ShouldBe(TimeSpan.FromMilliseconds(100));
        overrides.ReadTimeout.ShouldBe(TimeSpan.FromMilliseconds(200));
        overrides.TotalTimeout.ShouldBe(TimeSpan.FromMilliseconds(300));
        overrides.RetryCount.ShouldBe(5);
        overrides.Retries(WebhookFailure.ClientError).ShouldBeTrue();
        overrides.Retries(WebhookFailure.Read).ShouldBeTrue();
        overrides.Retries(WebhookFailure.Connect).ShouldBeFalse();
        overrides.Retries(WebhookFailure.ServerError).ShouldBeFalse();
    }

    [Fact]
    public void Parse_AllPolicies_RetriesEveryFailureAndNothingElse()
    {
        var overrides = ConnectionOverrides.Parse("https://example.com/a#rp=all");

        Enum.GetValues<WebhookFailure>().Where(overrides.Retries).ShouldBe([WebhookFailure.Connect, WebhookFailure.Read, WebhookFailure.ClientError, WebhookFailure.ServerError]);
    }

    [Theory]
    [InlineData("rc=6")]
    [InlineData("rc=-1")]
    [InlineData("ct=99")]
    [InlineData("rt=15001")]
    [InlineData("rp=all;ct")]
    [InlineData("rp=")]
    [InlineData("e=london")]
    [InlineData("retries=3")]
    [InlineData("top")]
    [InlineData("")]
    public void Parse_WhatTwilioDoesNotKnow_IsRefused(string fragment) =>
        Should.Throw<FormatException>(() => ConnectionOverrides.Parse("https://example.com/a#" + fragment));
}
