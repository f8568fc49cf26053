namespace Burqi.Hosting.Bus;

/// <summary>How a publish ended.</summary>
internal enum PublishOutcome
{
    /// <summary>The broker confirmed it.</summary>
    Confirmed,

    /// <summary>Nothing was heard within the limit.</summary>
    TimedOut,

    /// <summary>The caller's token was cancelled.</summary>
    Cancelled,

    /// <summary>A queue that must receive it does not exist yet.</summary>
    WithoutQueue,

    /// <summary>The transport or the serializer refused it.</summary>
    Failed,
}
