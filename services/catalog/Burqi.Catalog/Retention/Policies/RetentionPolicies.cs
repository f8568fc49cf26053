namespace Burqi.Catalog.Retention.Policies;

/// <summary>All policies as they stand: those of the assistants, and the setting for what has none.</summary>
internal sealed class RetentionPolicies(RetentionPeriods? otherwise, IReadOnlyDictionary<string, IReadOnlyDictionary<string, RetentionPeriods>> byAssistant)
{
    /// <summary>What holds for an assistant's recordings of a kind. Of nobody's, whose id is empty, and where nothing was said, they are kept for ever.</summary>
    public RetentionPeriods For(string assistantId, string kind) =>
        byAssistant.TryGetValue(assistantId, out var own) && (own.GetValueOrDefault(kind) ?? own.GetValueOrDefault(RetentionKinds.Default)) is { } periods
            ? periods
            : otherwise ?? RetentionPeriods.ForEver;

    /// <summary>Whether the assistant says something of its own about that kind.</summary>
    public bool IsOwn(string assistantId, string kind) =>
        byAssistant.TryGetValue(assistantId, out var own) && (own.ContainsKey(kind) || own.ContainsKey(RetentionKinds.Default));
}
