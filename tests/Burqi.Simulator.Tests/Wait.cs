namespace Burqi.Simulator.Tests;

internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Returns once <paramref name="condition"/> holds; fails when it does not within a generous limit.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
