using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Retention.Plan;

/// <summary>What can be due: a tier, by its name, or the end.</summary>
internal static class RetentionActions
{
    public const string Delete = "delete";
    public const string Archive = StorageTiers.Archive;
    public const string Cool = StorageTiers.Cool;
}
