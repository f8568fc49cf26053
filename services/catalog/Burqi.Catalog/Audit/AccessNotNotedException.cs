namespace Burqi.Catalog.Audit;

/// <summary>What somebody is about to see or hear cannot be written down, and so is not shown.</summary>
internal sealed class AccessNotNotedException(Exception cause) : Exception("The access could not be noted.", cause);
