using Burqi.Encryption;
using Burqi.Testing;
using Microsoft.Extensions.Configuration;

namespace Burqi.Archiver.Tests.SharedSource;

public sealed class EncryptionSettingsTests
{
    private const string Arn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    private static readonly string Key = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());
    private static readonly string OtherKey = Convert.ToBase64String(Enumerable.Repeat((byte)8, 32).ToArray());

    [Fact]
    public void Read_Nothing_IsNoKeys()
    {
        var settings = Read();

        settings.Problems.ShouldBeEmpty();
        var keys = Ring(settings);
        keys.CurrentId.ShouldBeNull();
        keys.HasKeys.ShouldBeFalse();
    }

    [Fact]
    public async Task Read_KeyFileAndOldKeysFile_AreRead()
    {
        var folder = TestFolder.Create("keys");
        await File.WriteAllTextAsync(Path.Combine(folder, "key"), OtherKey + "\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "old"), $"# until 2026\nfirst:{Key}\n\n{Arn}\n", TestContext.Current.CancellationToken);
        var first = await Ring(Read(("BURQI_ENCRYPTION_KEY", Key), ("BURQI_ENCRYPTION_KEY_ID", "first"))).WrapAsync(new byte[39], "name", CancellationToken.None);

        var settings = Read(
            ("BURQI_ENCRYPTION_KEY_FILE", Path.Combine(folder, "key")), ("BURQI_ENCRYPTION_KEY_ID", "second"), ("BURQI_ENCRYPTION_OLD_KEYS_FILE", Path.Combine(folder, "old")));

        settings.Problems.ShouldBeEmpty();
        var asked = new List<string>();
        var keys = settings.ToKeyRing(arn =>
        {
            asked.Add(arn);
            return new LocalKey(arn, new byte[32]);
        });
        keys.CurrentId.ShouldBe("second");
        asked.ShouldBe([Arn]);
        (await keys.UnwrapAsync(first, "name", CancellationToken.None)).ShouldBe(new byte[39]);
    }

    [Fact]
    public void Read_KmsKey_IsTheCurrentOne()
    {
        var settings = Read(("BURQI_ENCRYPTION_KMS_KEY_ID", Arn), ("BURQI_ENCRYPTION_OLD_KEYS", $"first:{Key}, second:{OtherKey}, {Arn}"));

        settings.Problems.ShouldBeEmpty();
        Ring(settings).CurrentId.ShouldBe(Arn);
        EncryptionSettings.RegionOf(Arn).ShouldBe("eu-central-1");
    }

    [Fact]
    public void Read_OldKmsKeyTwice_IsOne()
    {
        var settings = Read(("BURQI_ENCRYPTION_OLD_KEYS", $"{Arn},{Arn}"));

        settings.Problems.ShouldBeEmpty();
        Ring(settings).HasKeys.ShouldBeTrue();
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "KEY=K", "BURQI_ENCRYPTION_KEY_ID is missing" },
        { "KEY_ID=a", "BURQI_ENCRYPTION_KEY is missing" },
        { "KEY=abc KEY_ID=a", "BURQI_ENCRYPTION_KEY is not a key" },
        { "KEY=YWJj KEY_ID=a", "BURQI_ENCRYPTION_KEY is not a key" },
        { "KEY=K KEY_ID=a:b", "BURQI_ENCRYPTION_KEY_ID is 'a:b'" },
        { "KEY=K KEY_FILE=/nowhere KEY_ID=a", "BURQI_ENCRYPTION_KEY and BURQI_ENCRYPTION_KEY_FILE are both set" },
        { "KEY_FILE=/nowhere/at-all KEY_ID=a", "BURQI_ENCRYPTION_KEY_FILE: the file cannot be read" },
        { "KEY=K KEY_ID=a OLD_KEYS=a:L", "BURQI_ENCRYPTION_OLD_KEYS: entry 1 gives another key for the id 'a'" },
        { "OLD_KEYS=a:K,b", "BURQI_ENCRYPTION_OLD_KEYS: entry 2 is not a key's id" },
        { "OLD_KEYS_FILE=/nowhere/at-all", "BURQI_ENCRYPTION_OLD_KEYS_FILE: the file cannot be read" },
        { "KMS_KEY_ID=alias/burqi", "BURQI_ENCRYPTION_KMS_KEY_ID is 'alias/burqi'" },
        { $"KMS_KEY_ID={Arn} KEY=K KEY_ID=a", "BURQI_ENCRYPTION_KMS_KEY_ID is set beside" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Read_Mistake_IsOneSentenceWithoutAKey(string given, string sentence)
    {
        var settings = Read([.. given.Split(' ').Select(pair => pair.Split('=', 2)).Select(pair =>
            ($"BURQI_ENCRYPTION_{pair[0]}", pair[1] == "K" ? Key : pair[1].Replace(":K", ":" + Key).Replace(":L", ":" + OtherKey)))]);

        settings.Problems.Count.ShouldBe(1);
        settings.Problems[0].ShouldStartWith(sentence);
        settings.Problems[0].ShouldNotContain(Key);
        settings.Problems[0].ShouldNotContain(OtherKey);
    }

    [Fact]
    public void Read_SameKeyUnderOld_IsFine() =>
        Read(("BURQI_ENCRYPTION_KEY", Key), ("BURQI_ENCRYPTION_KEY_ID", "a"), ("BURQI_ENCRYPTION_OLD_KEYS", $"a:{Key}")).Problems.ShouldBeEmpty();

    private static EncryptionSettings Read(params (string Name, string Value)[] values) => EncryptionSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create(value.Name, (string?)value.Value))).Build());

    private static KeyRing Ring(EncryptionSettings settings) => settings.ToKeyRing(arn => new LocalKey(arn, new byte[32]));
}
