namespace Burqi.Catalog.Recordings.Events;

/// <summary>What can be read in <c>recording_events.event</c>. A name once written is never given another meaning.</summary>
internal static class RecordingEventNames
{
    /// <summary>A call's mix points at the provider's recording.</summary>
    public const string Upgraded = "upgraded";

    /// <summary>A call's mix keeps its own audio: the provider's is worse.</summary>
    public const string UpgradeRefused = "upgrade_refused";

    /// <summary>A mix of ours came after all: the row that stood for it is gone.</summary>
    public const string StandInReplaced = "stand_in_replaced";

    /// <summary>The provider deleted its own copy of a recording, at our request.</summary>
    public const string ProviderCopyDeleted = "provider_copy_deleted";

    /// <summary>Somebody asked to pause, resume or stop the recording of a live call.</summary>
    public const string ControlRequested = "control_requested";

    /// <summary>Who records the call answered that.</summary>
    public const string ControlAnswered = "control_answered";

    /// <summary>The call ended and nothing of it was recorded.</summary>
    public const string Missing = "missing";

    /// <summary>The call ended and less of it was recorded than there was.</summary>
    public const string Incomplete = "incomplete";

    /// <summary>What was missing has come.</summary>
    public const string Complete = "complete";

    /// <summary>A recording is to be deleted: its policy is over, or somebody asked.</summary>
    public const string DeletionRequested = "deletion_requested";

    /// <summary>A recording is deleted everywhere.</summary>
    public const string Deleted = "deleted";

    /// <summary>A recording that was to be deleted is still there somewhere.</summary>
    public const string DeletionFailed = "deletion_failed";

    /// <summary>A recording's object lies in another tier of its store, or cannot.</summary>
    public const string TierChanged = "tier_changed";

    /// <summary>Nothing of the call is deleted or moved to another tier from now on.</summary>
    public const string LegalHoldPlaced = "legal_hold_placed";

    /// <summary>Policies hold for the call again.</summary>
    public const string LegalHoldLifted = "legal_hold_lifted";

    /// <summary>Somebody was shown a list.</summary>
    public const string Listed = "listed";

    /// <summary>Somebody was shown a call or a recording.</summary>
    public const string Read = "read";

    /// <summary>Somebody heard a recording, or was sent to where it can be heard.</summary>
    public const string Played = "played";

    /// <summary>Somebody got a recording as a file.</summary>
    public const string Downloaded = "downloaded";

    /// <summary>Somebody got all of a call's recordings as one file.</summary>
    public const string Exported = "exported";

    /// <summary>Somebody made a link by which others can hear a recording.</summary>
    public const string Shared = "shared";

    /// <summary>Such a link was taken back.</summary>
    public const string ShareRevoked = "share_revoked";

    /// <summary>Somebody heard a recording by such a link.</summary>
    public const string SharePlayed = "share_played";

    /// <summary>Somebody made or replaced an assistant: how its calls are recorded, and how long recordings are kept.</summary>
    public const string AssistantChanged = "assistant_changed";

    /// <summary>Somebody deleted an assistant.</summary>
    public const string AssistantDeleted = "assistant_deleted";

    /// <summary>Somebody made an API key.</summary>
    public const string KeyCreated = "key_created";

    /// <summary>Somebody exchanged an API key.</summary>
    public const string KeyRotated = "key_rotated";

    /// <summary>Somebody revoked an API key.</summary>
    public const string KeyRevoked = "key_revoked";

    /// <summary>Those that come again and again while somebody looks at one thing: within some minutes they are one.</summary>
    public static readonly IReadOnlySet<string> Repeatable = new HashSet<string> { Listed, Read, Played, Downloaded, SharePlayed };

    /// <summary>Those that changed nothing. They are for who asks about accesses, and not part of what happened to a call.</summary>
    public static readonly string[] Accesses = [Listed, Read, Played, Downloaded, Exported, SharePlayed];
}
