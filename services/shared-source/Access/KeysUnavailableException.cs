namespace Burqi.Access;

/// <summary>The table of keys cannot be read: nobody knows what opens and what does not.</summary>
internal sealed class KeysUnavailableException(Exception? inner) : Exception("The API keys cannot be read at the moment.", inner);
