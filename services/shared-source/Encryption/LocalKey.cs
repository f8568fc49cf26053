using System.Security.Cryptography;
using System.Text;

namespace Burqi.Encryption;

/// <summary>
/// A key of 32 bytes that the process was given. A wrapped secret is a random nonce, the secret under AES-256-GCM and its tag; the key's id and
/// the object's name are associated data. Random nonces allow some billions of objects under one key.
/// </summary>
internal sealed class LocalKey(string id, byte[] key) : IKeyEncryptionKey
{
    public const int Size = 32;

    private const int NonceSize = 12;
    private const int TagSize = 16;

    public string Id => id;

    public Task<byte[]> WrapAsync(ReadOnlyMemory<byte> secret, string objectKey, CancellationToken cancellationToken)
    {
        var wrapped = new byte[NonceSize + secret.Length + TagSize];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceSize));
        using var cipher = new AesGcm(key, TagSize);
        cipher.Encrypt(
            wrapped.AsSpan(0, NonceSize), secret.Span, wrapped.AsSpan(NonceSize, secret.Length), wrapped.AsSpan(NonceSize + secret.Length), Associated(objectKey));
        return Task.FromResult(wrapped);
    }

    public Task<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string objectKey, CancellationToken cancellationToken)
    {
        var length = wrapped.Length - NonceSize - TagSize;
        var secret = new byte[Math.Max(0, length)];
        try
        {
            using var cipher = new AesGcm(key, TagSize);
            cipher.Decrypt(
                wrapped.Span[..NonceSize], wrapped.Span.Slice(NonceSize, length), wrapped.Span[(NonceSize + length)..], secret, Associated(objectKey));
            return Task.FromResult(secret);
        }
        catch (Exception exception) when (exception is AuthenticationTagMismatchException or ArgumentException)
        {
            throw new EncryptionException($"Key '{id}' is not the one that the object was encrypted with, or its metadata was altered.", exception);
        }
    }

    /// <summary>Whether it is the same key under whatever id.</summary>
    public bool Equals(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(key, other);

    private byte[] Associated(string objectKey) => Encoding.UTF8.GetBytes($"burqi key 1\n{id}\n{objectKey}");
}
