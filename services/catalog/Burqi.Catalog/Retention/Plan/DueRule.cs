using System.Globalization;
using Burqi.Catalog.Retention.Policies;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Retention.Plan;

/// <summary>Recordings of one assistant and kind to which one thing is due.</summary>
/// <param name="Action">One of <see cref="RetentionActions"/>.</param>
/// <param name="AssistantId">Empty for those of nobody.</param>
/// <param name="Kind">One of <see cref="RetentionKinds"/>; for a tier that of the mix, where that shows the object.</param>
/// <param name="Days">How old they are at least.</param>
/// <param name="YoungerThanDays">What is as old as this has something else due; null: nothing has.</param>
/// <param name="Tier">The tier in which they lie; null where that does not matter.</param>
/// <param name="IsOwn">The assistant says so, and not the setting for all.</param>
internal sealed record DueRule(string Action, string AssistantId, string Kind, int Days, int? YoungerThanDays, string? Tier, bool IsOwn)
{
    /// <summary>Why, in one sentence.</summary>
    public string Reason => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Action == RetentionActions.Delete ? "Kept for" : $"Moved to {Action} after")} {Days} days: {(IsOwn ? $"the policy of assistant {AssistantId}" : "BURQI_RETENTION_DEFAULT")} for {Kind} recordings.");

    /// <summary>What the policies say of all the recordings that there are; <paramref name="pairs"/> are their assistants and kinds.</summary>
    public static IEnumerable<DueRule> Of(RetentionPolicies policies, IEnumerable<RetentionPair> pairs)
    {
        foreach (var pair in pairs)
        {
            var periods = policies.For(pair.AssistantId, pair.Kind);
            var isOwn = policies.IsOwn(pair.AssistantId, pair.Kind);
            if (pair.IsOfTiers && periods.ArchiveAfterDays is { } archive)
            {
                yield return New(RetentionActions.Archive, archive, periods.DeleteAfterDays, StorageTiers.Hot);
                yield return New(RetentionActions.Archive, archive, periods.DeleteAfterDays, StorageTiers.Cool);
            }

            if (pair.IsOfTiers && periods.CoolAfterDays is { } cool)
            {
                yield return New(RetentionActions.Cool, cool, periods.ArchiveAfterDays ?? periods.DeleteAfterDays, StorageTiers.Hot);
            }

            if (!pair.IsOfTiers && periods.DeleteAfterDays is { } delete)
            {
                yield return New(RetentionActions.Delete, delete, youngerThan: null, tier: null);
            }

            DueRule New(string action, int days, int? youngerThan, string? tier) => new(action, pair.AssistantId, pair.Kind, days, youngerThan, tier, isOwn);
        }
    }
}

/// <summary>An assistant, empty for nobody, and a kind of which there are recordings: to be deleted some day, or to be moved.</summary>
internal sealed record RetentionPair(bool IsOfTiers, string AssistantId, string Kind);
