using Burqi.Catalog.Retention.Sweep;
using Burqi.Catalog.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Tests.Retention;

/// <summary>Turns that nobody but the test takes.</summary>
public sealed class SweepTurnTests(SweepTurnTests.OffHost catalog) : IClassFixture<SweepTurnTests.OffHost>
{
    [Fact]
    public async Task Turn_SweepBreaksOff_IsTakenAgainBeforeTheIntervalIsOver()
    {
        var turn = catalog.Services.GetRequiredService<SweepTurn>();
        var cancellationToken = TestContext.Current.CancellationToken;
        var interval = TimeSpan.FromMinutes(30);

        await Should.ThrowAsync<InvalidOperationException>(() => turn.TryAsync(interval, () => throw new InvalidOperationException("broke off"), cancellationToken));

        (await turn.TryAsync(interval, () => Task.CompletedTask, cancellationToken)).ShouldBeTrue();
        (await turn.TryAsync(interval, () => Task.CompletedTask, cancellationToken)).ShouldBeFalse();
    }

    public sealed class OffHost : CatalogHost
    {
        protected override Task<Dictionary<string, string>> SettingsAsync() => Task.FromResult(new Dictionary<string, string> { ["BURQI_RETENTION"] = "off" });
    }
}
