using System.Security.Cryptography;
using System.Text.Json;
using Burqi.Encryption;

namespace Burqi.Archiver.Tests.SharedSource;

/// <summary>What another implementation makes of the format's description (Vectors/encryption.py, by the Python package cryptography).</summary>
public sealed class EncryptionVectorTests
{
    private static readonly JsonElement[] Vectors =
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "encryption.json"))).RootElement.EnumerateArray()];

    public static TheoryData<int> Sizes => [.. Vectors.Select(vector => vector.GetProperty("size").GetInt32())];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Unwrap_OfEveryVector_IsTheSecret(int size)
    {
        var vector = Find(size);
        var keys = new KeyRing(current: null, [new LocalKey(Text(vector, "keyId"), Bytes(vector, "key"))]);

        var secret = await keys.UnwrapAsync(new Envelope(Text(vector, "keyId"), Bytes(vector, "wrappedSecret")), Text(vector, "objectKey"), CancellationToken.None);

        secret.ShouldBe(Bytes(vector, "secret"));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Encrypt_AudioOfEveryVector_IsTheVectors(int size)
    {
        var vector = Find(size);

        var encrypted = Encrypt(Audio(size), Bytes(vector, "secret"), Text(vector, "objectKey"));

        encrypted.Length.ShouldBe(vector.GetProperty("encryptedSize").GetInt32());
        Convert.ToHexStringLower(SHA256.HashData(encrypted)).ShouldBe(Text(vector, "encryptedSha256"));
        EncryptedLayout.EncryptedSize(size).ShouldBe(encrypted.Length);
        EncryptedLayout.AudioSize(encrypted.Length).ShouldBe(size);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task Decrypt_ObjectOfAVector_IsTheAudio(int size)
    {
        var vector = Find(size);

        var audio = await ReadAsync(Bytes(vector, "encrypted"), Bytes(vector, "secret"), Text(vector, "objectKey"));

        Convert.ToHexStringLower(SHA256.HashData(audio)).ShouldBe(Text(vector, "audioSha256"));
    }

    internal static byte[] Audio(int size)
    {
        var audio = new byte[size];
        for (var at = 0; at < size; at++)
        {
            audio[at] = unchecked((byte)((at * 31) + ((at >> 8) * 7)));
        }

        return audio;
    }

    internal static byte[] Encrypt(byte[] audio, byte[] secret, string objectKey)
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

    /// <summary>Reads a part of the audio, of an object of which only the chunks for that part are given out.</summary>
    internal static async Task<byte[]> ReadAsync(byte[] encrypted, byte[] secret, string objectKey, long offset = 0, long length = long.MaxValue)
    {
        var (from, size) = EncryptedLayout.Holding(offset, Math.Min(length, encrypted.Length));
        var part = new MemoryStream(encrypted, (int)from, (int)Math.Min(size, encrypted.Length - from));
        await using var decrypting = new DecryptingStream(part, new ObjectSecret(secret, objectKey), encrypted.Length, offset, length);
        using var audio = new MemoryStream();
        await decrypting.CopyToAsync(audio, TestContext.Current.CancellationToken);
        return audio.ToArray();
    }

    private static JsonElement Find(int size) => Vectors.Single(vector => vector.GetProperty("size").GetInt32() == size);

    private static string Text(JsonElement vector, string name) => vector.GetProperty(name).GetString()!;

    private static byte[] Bytes(JsonElement vector, string name) => vector.GetProperty(name).GetBytesFromBase64();
}
