namespace Burqi.Access;

/// <summary>Why a request whose caller is known is not answered nevertheless.</summary>
/// <param name="Status">What is answered instead.</param>
/// <param name="Detail">Why, in a sentence.</param>
/// <param name="RetryAfter">When to come again; null: that would change nothing.</param>
internal sealed record Refusal(int Status, string Detail, TimeSpan? RetryAfter = null);
