using Burqi.Encryption;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>Objects as the archiver encrypts them, and the keys it does it with.</summary>
internal static class EncryptedObject
{
    public const string KeyId = "2026-03";

    private static readonly byte[] Key = [.. Enumerable.Range(0, LocalKey.Size).Select(value => (byte)value)];

    /// <summary>What a catalog is told that is to read them.</summary>
    public static Dictionary<string, string> Settings { get; } = new()
    {
        ["BURQI_ENCRYPTION_KEY"] = Convert.ToBase64String(Key),
        ["BURQI_ENCRYPTION_KEY_ID"] = KeyId,
    };

    public static async Task<(byte[] Encrypted, IReadOnlyDictionary<string, string> Metadata)> OfAsync(string objectKey, Stream content, string keyId = KeyId)
    {
        using var audio = new MemoryStream();
        await content.CopyToAsync(audio);
        var secret = ObjectSecret.Create();
        var envelope = await new KeyRing(new LocalKey(keyId, Key), []).WrapAsync(secret, objectKey, CancellationToken.None);
        return (Encrypt(audio.ToArray(), secret, objectKey), envelope.In(new Dictionary<string, string> { ["other"] = "1" }));
    }

    private static byte[] Encrypt(byte[] audio, byte[] secret, string objectKey)
    {
        var encrypted = new byte[EncryptedLayout.EncryptedSize(audio.Length)];
        using var cipher = new ObjectSecret(secret, objectKey);
        var (at, to) = (0, 0);
        for (var index = 0L; to < encrypted.Length; index++)
        {
            var size = Math.Min(EncryptedLayout.ChunkSize, audio.Length - at);
            cipher.Encrypt(index, at + size == audio.Length, audio.AsSpan(at, size), encrypted.AsSpan(to));
            at += size;
            to += size + EncryptedLayout.TagSize;
        }

        return encrypted;
    }
}
