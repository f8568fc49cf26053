using Burqi.Contracts.Calls;

namespace Burqi.Archiver.Reconcile;

/// <summary>A provider's own list of the recordings it made.</summary>
internal interface IProviderRecordings
{
    /// <summary>The provider, as messages name it.</summary>
    string Provider { get; }

    /// <summary>Why nothing can be listed; null where it can be tried.</summary>
    string? Lack { get; }

    /// <summary>The accounts whose recordings are looked through.</summary>
    Task<IReadOnlyList<ProviderAccount>> AccountsAsync(CancellationToken cancellationToken);

    /// <summary>A page of what an account recorded.</summary>
    /// <param name="account">The account.</param>
    /// <param name="from">Recordings that began earlier may be left out, and need not be.</param>
    /// <param name="to">Recordings that began later may be left out, and need not be.</param>
    /// <param name="next">What the page before gave as its <see cref="ListedPage.Next"/>; null for the first.</param>
    /// <param name="cancellationToken">Stops the question.</param>
    /// <exception cref="ArchiveRecording.TransferException">It cannot be had now, or at all; nothing else is thrown for that.</exception>
    Task<ListedPage> ListAsync(ProviderAccount account, DateTimeOffset from, DateTimeOffset to, string? next, CancellationToken cancellationToken);

    /// <summary>A call of an account, as the messages that tell of it.</summary>
    /// <exception cref="ArchiveRecording.TransferException">It cannot be had now, or at all; nothing else is thrown for that.</exception>
    Task<ListedCall> GetCallAsync(ProviderAccount account, string callId, CancellationToken cancellationToken);
}

/// <summary>An account at a provider.</summary>
/// <param name="AccountId">The provider's id of it; empty where nobody said it.</param>
/// <param name="Credentials">The name of what signs in to it, no secret.</param>
/// <param name="Lack">Why it cannot be asked; null where that can be tried.</param>
/// <param name="AssistantId">An assistant of whose calls it is, where that says what signs in; null where the account does.</param>
internal sealed record ProviderAccount(string AccountId, string Credentials, string? Lack = null, string? AssistantId = null);

/// <summary>A page of a list.</summary>
/// <param name="Recordings">What stands on it.</param>
/// <param name="Next">What the next page is asked for by; null on the last.</param>
/// <param name="Unreadable">How many entries are not what this provider's are.</param>
internal sealed record ListedPage(IReadOnlyList<ListedRecording> Recordings, string? Next, int Unreadable);

/// <summary>What became of a recording, as its provider says.</summary>
internal enum ListedState
{
    /// <summary>It is whole and can be fetched.</summary>
    Completed,

    /// <summary>There is no audio.</summary>
    Absent,

    /// <summary>It could not be made.</summary>
    Failed,

    /// <summary>It is being made.</summary>
    Unfinished,

    /// <summary>It is there no more.</summary>
    Deleted,
}

/// <summary>A recording in a provider's list.</summary>
internal sealed record ListedRecording
{
    public required string AccountId { get; init; }

    public required string CallId { get; init; }

    /// <summary>The conference it was made in, by which it may have been told of in place of the call; null where it was made in none.</summary>
    public string? ConferenceId { get; init; }

    public required string ProviderRecordingId { get; init; }

    public required ListedState State { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it last changed: for one that is finished, about when its callback was sent.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    public long? DurationMs { get; init; }

    public int? Channels { get; init; }

    /// <summary>The provider's word for what made it.</summary>
    public string? Origin { get; init; }

    public string? Track { get; init; }

    public bool Encrypted { get; init; }

    public string? ErrorCode { get; init; }

    /// <summary>Why there is no audio, in one sentence; null where there is.</summary>
    public string? Reason { get; init; }

    /// <summary>When it ended, as far as can be told: the later of what its length says and when it was last changed.</summary>
    public DateTimeOffset? EndedAt
    {
        get
        {
            var byLength = StartedAt?.AddMilliseconds(DurationMs ?? 0);
            return byLength > UpdatedAt || UpdatedAt is null ? byLength : UpdatedAt;
        }
    }

    /// <summary>Whether any of it lies in the window. Of one whose times are not known it is assumed.</summary>
    public bool IsIn(DateTimeOffset from, DateTimeOffset to) =>
        State == ListedState.Unfinished ? StartedAt is null || StartedAt < to : (StartedAt is null || StartedAt < to) && (EndedAt is null || EndedAt >= from);
}

/// <summary>What a provider tells of a call.</summary>
/// <param name="IsOver">False while it goes on: it is asked for again later.</param>
/// <param name="Started">How it began; null where the provider knows nothing of it.</param>
/// <param name="Ended">How it ended; null where it did not, or the provider knows nothing of it.</param>
internal sealed record ListedCall(bool IsOver, CallStarted? Started, CallEnded? Ended);
