using System.Text.Json.Serialization;

namespace Burqi.Archiver.Reconcile.Runs;

/// <summary>How far a run has come, account by account. Stored, and shown as it is: names never change.</summary>
internal sealed record ReconciliationProgress
{
    [JsonPropertyName("accounts")]
    public List<AccountProgress> Accounts { get; init; } = [];
}

/// <summary>How far a run has come with one account.</summary>
internal sealed class AccountProgress
{
    /// <summary>The <see cref="Status"/> of one that nobody named, so that it cannot be asked.</summary>
    public const string Skipped = "skipped";

    [JsonPropertyName("account_id")]
    public required string AccountId { get; init; }

    /// <summary>The name of the credentials that sign in to it.</summary>
    [JsonPropertyName("credentials")]
    public required string Credentials { get; init; }

    /// <summary>One of <see cref="ReconciliationStatuses"/>, or <see cref="Skipped"/>.</summary>
    [JsonPropertyName("status")]
    public string Status { get; set; } = ReconciliationStatuses.Running;

    [JsonPropertyName("pages")]
    public int Pages { get; set; }

    /// <summary>Recordings of the window; what follows are parts of it.</summary>
    [JsonPropertyName("listed")]
    public int Listed { get; set; }

    /// <summary>Those that had reached us.</summary>
    [JsonPropertyName("known")]
    public int Known { get; set; }

    /// <summary>Those that never had.</summary>
    [JsonPropertyName("missing")]
    public int Missing { get; set; }

    /// <summary>Those that are still being made.</summary>
    [JsonPropertyName("in_progress")]
    public int InProgress { get; set; }

    /// <summary>Those that ended so lately that their callback may be on its way.</summary>
    [JsonPropertyName("recent")]
    public int Recent { get; set; }

    /// <summary>Entries that are not what the provider's are.</summary>
    [JsonPropertyName("unreadable")]
    public int Unreadable { get; set; }

    /// <summary>Why it was not read to its end, in a sentence; null where it was.</summary>
    [JsonPropertyName("error")]
    public string? Error { get; set; }

    /// <summary>Why it was skipped, in a sentence; null where it was not.</summary>
    [JsonPropertyName("note")]
    public string? Note { get; set; }
}
