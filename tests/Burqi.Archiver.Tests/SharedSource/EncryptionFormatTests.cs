using Burqi.Encryption;

namespace Burqi.Archiver.Tests.SharedSource;

/// <summary>Whatever is done to an encrypted object, what is read of it is its audio or nothing.</summary>
public sealed class EncryptionFormatTests
{
    private const string Name = "recordings/2026/03/01/CA1/mixed_1772357400.wav";
    private const int Chunk = EncryptedLayout.ChunkSize;
    private const int EncryptedChunk = EncryptedLayout.EncryptedChunkSize;
    private const int Size = (3 * Chunk) + 1000;

    private static readonly byte[] Secret = [.. Enumerable.Range(1, ObjectSecret.Size).Select(value => (byte)value)];
    private static readonly byte[] Content = EncryptionVectorTests.Audio(Size);
    private static readonly byte[] Encrypted = EncryptionVectorTests.Encrypt(Content, Secret, Name);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, Size)]
    [InlineData(Chunk - 1, 2)]
    [InlineData(Chunk, Chunk)]
    [InlineData(Chunk + 5, 10)]
    [InlineData((2 * Chunk) - 1, Chunk + 2)]
    [InlineData(3 * Chunk, 1000)]
    [InlineData(Size - 1, 1)]
    [InlineData(Size - 1, 5000)]
    [InlineData(Size, 1)]
    public async Task Read_AnyPart_NeedsItsChunksOnly(int offset, int length)
    {
        var audio = await EncryptionVectorTests.ReadAsync(Encrypted, Secret, Name, offset, length);

        audio.ShouldBe(Content[offset..Math.Min(Size, offset + length)]);
    }

    public static TheoryData<string> Harms =>
    [
        "a bit of the audio", "a bit of a tag", "first chunk left out", "middle chunk left out", "last chunk cut off", "cut within a chunk", "two chunks swapped",
        "a chunk twice", "chunk of another object", "empty", "a chunk of its own behind it",
    ];

    [Theory]
    [MemberData(nameof(Harms))]
    public async Task Read_ObjectWasHarmed_ThrowsBeforeAnyWrongByte(string harm)
    {
        byte[][] chunks = [.. Encrypted.Chunk(EncryptedChunk)];
        var other = EncryptionVectorTests.Encrypt(Content, Secret, Name.Replace("CA1", "CA2")).Chunk(EncryptedChunk).ToArray();
        byte[] harmed = harm switch
        {
            "a bit of the audio" => Flipped(EncryptedChunk + 7),
            "a bit of a tag" => Flipped(EncryptedChunk - 1),
            "first chunk left out" => [.. chunks[1], .. chunks[2], .. chunks[3]],
            "middle chunk left out" => [.. chunks[0], .. chunks[2], .. chunks[3]],
            "last chunk cut off" => [.. chunks[0], .. chunks[1], .. chunks[2]],
            "cut within a chunk" => Encrypted[..^500],
            "two chunks swapped" => [.. chunks[0], .. chunks[2], .. chunks[1], .. chunks[3]],
            "a chunk twice" => [.. chunks[0], .. chunks[1], .. chunks[1], .. chunks[2], .. chunks[3]],
            "chunk of another object" => [.. chunks[0], .. other[1], .. chunks[2], .. chunks[3]],
            "a chunk of its own behind it" => [.. Encrypted, .. chunks[3]],
            _ => [],
        };
        var read = new MemoryStream();

        await Should.ThrowAsync<EncryptionException>(async () =>
        {
            await using var decrypting = new DecryptingStream(new MemoryStream(harmed), new ObjectSecret(Secret, Name), harmed.Length, 0, long.MaxValue);
            await decrypting.CopyToAsync(read, TestContext.Current.CancellationToken);
        });

        read.ToArray().ShouldBe(Content[..(int)read.Length]);
    }

    [Fact]
    public async Task Read_ObjectEndsBeforeItsSize_Throws()
    {
        await using var decrypting = new DecryptingStream(new MemoryStream(Encrypted[..EncryptedChunk]), new ObjectSecret(Secret, Name), Encrypted.Length, 0, long.MaxValue);

        await Should.ThrowAsync<EncryptionException>(() => decrypting.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Read_EmptyAudio_HasToHaveItsChunk()
    {
        var empty = EncryptionVectorTests.Encrypt([], Secret, Name);
        (await EncryptionVectorTests.ReadAsync(empty, Secret, Name)).ShouldBeEmpty();

        empty[0] ^= 1;
        await Should.ThrowAsync<EncryptionException>(() => EncryptionVectorTests.ReadAsync(empty, Secret, Name));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(EncryptedChunk + 1)]
    [InlineData(EncryptedChunk + 16)]
    public void AudioSize_OfWhatNoAudioMakes_Throws(int encryptedSize) =>
        Should.Throw<EncryptionException>(() => EncryptedLayout.AudioSize(encryptedSize));

    [Fact]
    public async Task Unwrap_ForAnotherObjectOrByAnotherKey_Throws()
    {
        var key = new LocalKey("a", ObjectSecret.Create()[..LocalKey.Size]);
        var wrapped = await key.WrapAsync(Secret, Name, TestContext.Current.CancellationToken);
        (await key.UnwrapAsync(wrapped, Name, TestContext.Current.CancellationToken)).ShouldBe(Secret);

        await Should.ThrowAsync<EncryptionException>(() => key.UnwrapAsync(wrapped, Name + "x", TestContext.Current.CancellationToken));
        await Should.ThrowAsync<EncryptionException>(() => key.UnwrapAsync(wrapped.AsMemory(0, 20), Name, TestContext.Current.CancellationToken));
        var sameId = new LocalKey("a", ObjectSecret.Create()[..LocalKey.Size]);
        (await Should.ThrowAsync<EncryptionException>(() => sameId.UnwrapAsync(wrapped, Name, TestContext.Current.CancellationToken)))
            .Message.ShouldBe("Key 'a' is not the one that the object was encrypted with, or its metadata was altered.");
        (await Should.ThrowAsync<EncryptionException>(() => new KeyRing(sameId, []).UnwrapAsync(new Envelope("b", wrapped), Name, TestContext.Current.CancellationToken)))
            .Message.ShouldStartWith("The object is encrypted with key 'b', which is not configured here");
    }

    private static byte[] Flipped(int at)
    {
        var harmed = (byte[])Encrypted.Clone();
        harmed[at] ^= 1;
        return harmed;
    }
}
