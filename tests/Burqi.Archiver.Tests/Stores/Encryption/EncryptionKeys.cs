using Burqi.Encryption;

namespace Burqi.Archiver.Tests.Stores.Encryption;

/// <summary>Keys for tests, by their ids.</summary>
internal static class EncryptionKeys
{
    public static string Base64(string id) => Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)));

    public static LocalKey Key(string id) => new(id, Convert.FromBase64String(Base64(id)));

    public static KeyRing Ring(string? current, params string[] old) => new(current is null ? null : Key(current), old.Select(Key));

    /// <summary>Has an archiver encrypt with a key, and read what others encrypted.</summary>
    public static void Set(IDictionary<string, string?> settings, string current, params string[] old)
    {
        settings["BURQI_ENCRYPTION_KEY"] = Base64(current);
        settings["BURQI_ENCRYPTION_KEY_ID"] = current;
        settings["BURQI_ENCRYPTION_OLD_KEYS"] = string.Join(',', old.Select(id => $"{id}:{Base64(id)}"));
    }
}
