namespace Burqi.Catalog.Audit.Seals;

/// <summary>This process has not the key that the last seal was made with, and so must not make the next.</summary>
internal sealed class SealKeyMissingException(long number, string keyId)
    : Exception($"Seal {number} was made with the key {keyId}, which BURQI_AUDIT_KEY of this process does not hold.");
