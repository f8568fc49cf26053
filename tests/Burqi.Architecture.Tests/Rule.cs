namespace Burqi.Architecture.Tests;

/// <summary>States a rule over many things at once. A rule that looked at nothing fails: it would pass whatever the code became.</summary>
internal static class Rule
{
    /// <summary>Asserts that each of them keeps the rule and that there was something to examine.</summary>
    /// <param name="examined">What the rule is about.</param>
    /// <param name="violations">The sentences that say what is wrong with one of them; none when it keeps the rule.</param>
    /// <param name="because">Why the rule exists, shown when it is broken.</param>
    public static void HoldsFor<T>(IEnumerable<T> examined, Func<T, IEnumerable<string>> violations, string because)
    {
        var things = examined.ToArray();
        things.ShouldNotBeEmpty("the rule looked at nothing, so it proves nothing");
        things.SelectMany(violations).Distinct().Order(StringComparer.Ordinal).ShouldBeEmpty(because);
    }
}
