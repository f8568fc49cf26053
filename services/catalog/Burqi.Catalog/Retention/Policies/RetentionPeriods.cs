using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Burqi.Catalog.Retention.Policies;

/// <summary>After how many days, counted from a recording's end, what is done with it. What is null is never done.</summary>
internal sealed record RetentionPeriods
{
    public const int MostDays = 36_500;

    public static readonly RetentionPeriods ForEver = new();

    [JsonPropertyName("cool_after_days")]
    [Description("After how many days the object is kept where reading costs more; null: never.")]
    public int? CoolAfterDays { get; init; }

    [JsonPropertyName("archive_after_days")]
    [Description("After how many days the object is kept where reading takes hours; null: never.")]
    public int? ArchiveAfterDays { get; init; }

    [JsonPropertyName("delete_after_days")]
    [Description("After how many days the recording is deleted everywhere; null: never.")]
    public int? DeleteAfterDays { get; init; }

    /// <summary>Whether each comes after the one before it.</summary>
    [JsonIgnore]
    public bool IsAscending
    {
        get
        {
            var last = 0;
            foreach (var days in new[] { CoolAfterDays, ArchiveAfterDays, DeleteAfterDays })
            {
                if (days <= last)
                {
                    return false;
                }

                last = days ?? last;
            }

            return true;
        }
    }
}
