using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Burqi.Encryption;

/// <summary>
/// What one object is encrypted with and no other: a key, and the part of its nonces that does not change. A chunk's nonce is that prefix, its
/// index and whether it is the last one, so that chunks that are left out, cut off, or in another order do not decrypt (STREAM, of Hoang,
/// Reyhanitabar, Rogaway and Vizár); neither do those of another object, whose name goes in as associated data.
/// </summary>
internal sealed class ObjectSecret : IDisposable
{
    public const int Size = KeySize + PrefixSize;

    private const int KeySize = 32;
    private const int PrefixSize = 7;
    private const int NonceSize = PrefixSize + sizeof(uint) + 1;

    private readonly byte[] _prefix;
    private readonly byte[] _associated;
    private readonly AesGcm _cipher;

    /// <summary>Takes a copy of the secret.</summary>
    /// <param name="secret">The key and the prefix.</param>
    /// <param name="objectKey">The object's name in its store.</param>
    public ObjectSecret(ReadOnlySpan<byte> secret, string objectKey)
    {
        if (secret.Length != Size)
        {
            throw new EncryptionException("What the object's key was wrapped around is not of this version.");
        }

        _cipher = new AesGcm(secret[..KeySize], EncryptedLayout.TagSize);
        _prefix = secret[KeySize..].ToArray();
        _associated = Encoding.UTF8.GetBytes($"burqi audio 1\n{objectKey}");
    }

    /// <summary>A secret that nobody had before.</summary>
    public static byte[] Create() => RandomNumberGenerator.GetBytes(Size);

    /// <summary>Encrypts a chunk of the audio.</summary>
    /// <param name="index">The chunk's place, from 0.</param>
    /// <param name="isLast">Whether the audio ends with it.</param>
    /// <param name="audio">The chunk.</param>
    /// <param name="encrypted">Takes the chunk and its tag.</param>
    public void Encrypt(long index, bool isLast, ReadOnlySpan<byte> audio, Span<byte> encrypted)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(nonce, index, isLast);
        _cipher.Encrypt(nonce, audio, encrypted[..audio.Length], encrypted.Slice(audio.Length, EncryptedLayout.TagSize), _associated);
    }

    /// <summary>Decrypts a chunk, with its tag, into the audio that it was made of.</summary>
    /// <exception cref="EncryptionException">It is not the chunk that was encrypted for this place of this object.</exception>
    public void Decrypt(long index, bool isLast, ReadOnlySpan<byte> encrypted, Span<byte> audio)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(nonce, index, isLast);
        var length = encrypted.Length - EncryptedLayout.TagSize;
        try
        {
            _cipher.Decrypt(nonce, encrypted[..length], encrypted[length..], audio[..length], _associated);
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new EncryptionException($"Chunk {index} of the encrypted object is not what was stored: it was altered, moved or cut off.", exception);
        }
    }

    public void Dispose() => _cipher.Dispose();

    private void WriteNonce(Span<byte> nonce, long index, bool isLast)
    {
        if (index >= EncryptedLayout.MostChunks)
        {
            throw new EncryptionException("The audio is longer than an encrypted object can be.");
        }

        _prefix.CopyTo(nonce);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[PrefixSize..], (uint)index);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }
}
