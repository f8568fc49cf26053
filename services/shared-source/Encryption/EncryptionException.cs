namespace Burqi.Encryption;

/// <summary>An encrypted object cannot be read or written. The message is one sentence for an operator; it names keys by their ids and shows none.</summary>
internal sealed class EncryptionException(string message, Exception? inner = null) : Exception(message, inner);
