using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Burqi.Testing;

/// <summary>Waits for a condition instead of for a time.</summary>
public static class Eventually
{
    /// <summary>The limit where a test names none: generous, since it is only reached by a test that fails.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks until the answer is true; a condition that throws is asked again.</summary>
    /// <exception cref="TimeoutException">It was not true within the limit; carries the last exception of the condition.</exception>
    public static Task BecomesTrueAsync(
        Func<Task<bool>> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string description = "") =>
        ReturnsAsync(async () => await condition() ? new object() : null, limit, description);

    /// <inheritdoc cref="BecomesTrueAsync(Func{Task{bool}}, TimeSpan?, string)"/>
    public static Task BecomesTrueAsync(Func<bool> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string description = "") =>
        BecomesTrueAsync(() => Task.FromResult(condition()), limit, description);

    /// <summary>Asks until there is an answer, and returns it; a question that throws is asked again.</summary>
    /// <exception cref="TimeoutException">There was none within the limit; carries the last exception of the question.</exception>
    public static async Task<T> ReturnsAsync<T>(
        Func<Task<T?>> question, TimeSpan? limit = null, [CallerArgumentExpression(nameof(question))] string description = "")
        where T : class
    {
        var longest = limit ?? DefaultLimit;
        var clock = Stopwatch.StartNew();
        Exception? last = null;
        do
        {
            try
            {
                if (await question().WaitAsync(longest) is { } answer)
                {
                    return answer;
                }

                last = null;
            }
            catch (Exception failure)
            {
                last = failure;
            }

            await Task.Delay(Pause);
        }
        while (clock.Elapsed < longest);

        throw new TimeoutException(
            string.Create(CultureInfo.InvariantCulture, $"Not within {longest.TotalSeconds:0.#} s: {description}{(last is null ? "" : $" (last: {last.Message})")}"), last);
    }
}
