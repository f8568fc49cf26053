namespace Burqi.Catalog.Database;

/// <summary>What was to be written waits for others' locks, or takes too long, while the database itself is there. The same may go through later.</summary>
internal sealed class HeldUpException(Exception inner) : Exception("What was to be written is held up by others.", inner);
