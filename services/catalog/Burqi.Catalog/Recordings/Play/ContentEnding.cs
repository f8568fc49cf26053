namespace Burqi.Catalog.Recordings.Play;

/// <summary>How sending audio ended, and through whom.</summary>
internal enum ContentEnding
{
    /// <summary>Every byte that was asked for went out.</summary>
    Complete,

    /// <summary>The client was sent to the store; what it does there is not seen.</summary>
    Redirected,

    /// <summary>The client hung up: players do, whenever somebody seeks.</summary>
    ClientLeft,

    /// <summary>The store broke off or fell silent.</summary>
    StoreFailed,
}
