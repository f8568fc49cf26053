using Burqi.Assistants;
using Burqi.Contracts.Assistants;
using Burqi.Testing;

namespace Burqi.Ingress.Tests.SharedSource;

public sealed class AssistantDirectoryTests
{
    private readonly string _folder = TestFolder.Create("assistants");

    [Fact]
    public void Apply_HigherVersion_TakesThePlaceOfTheLowerAndNeverTheOtherWayRound()
    {
        var directory = new AssistantDirectory(_folder);

        directory.Apply(Saved("front-desk", 2, "wss://agent.example.com/2")).ShouldBeTrue();
        directory.Apply(Saved("front-desk", 1, "wss://agent.example.com/1")).ShouldBeFalse();
        directory.Apply(Saved("front-desk", 2, "wss://agent.example.com/2")).ShouldBeFalse();
        directory.Find("front-desk")!.MediaUrl.ShouldBe("wss://agent.example.com/2");

        directory.Apply(Saved("front-desk", 3, "wss://agent.example.com/3")).ShouldBeTrue();
        directory.Find("front-desk")!.MediaUrl.ShouldBe("wss://agent.example.com/3");
        directory.Find("another").ShouldBeNull();
        directory.Find(null).ShouldBeNull();
    }

    [Fact]
    public void WasTold_AfterAStart_OnlyOfWhatWasToldSinceBeItTheSame()
    {
        var directory = new AssistantDirectory(_folder);
        directory.Apply(Saved("front-desk", 2));
        directory.Apply(Saved("night-desk", 2));
        directory.WasTold("front-desk").ShouldBeTrue();

        var started = new AssistantDirectory(_folder);
        started.Knows("front-desk").ShouldBeTrue();
        started.WasTold("front-desk").ShouldBeFalse();
        started.Apply(Saved("front-desk", 1)).ShouldBeFalse();
        started.WasTold("front-desk").ShouldBeFalse();
        started.Apply(Saved("front-desk", 2)).ShouldBeFalse();
        started.WasTold("front-desk").ShouldBeTrue();
        started.WasTold("night-desk").ShouldBeFalse();
        started.Apply(Deleted("night-desk", 3));
        started.WasTold("night-desk").ShouldBeTrue();
        started.WasTold("another").ShouldBeFalse();
    }

    [Fact]
    public void Apply_DeletedThenALateTelling_StaysDeletedAlsoAfterAStart()
    {
        var directory = new AssistantDirectory(_folder);
        directory.Apply(Saved("front-desk", 1));
        directory.Apply(Deleted("front-desk", 5)).ShouldBeTrue();
        directory.Apply(Saved("front-desk", 4)).ShouldBeFalse();

        directory.Find("front-desk").ShouldBeNull();
        directory.Count.ShouldBe(0);

        var started = new AssistantDirectory(_folder);
        started.Apply(Saved("front-desk", 4)).ShouldBeFalse();
        started.Find("front-desk").ShouldBeNull();
        started.Apply(Saved("front-desk", 6)).ShouldBeTrue();
        started.Find("front-desk").ShouldNotBeNull();
    }

    [Fact]
    public void Constructor_FolderOfAnEarlierProcess_KnowsTheSame()
    {
        var saved = Saved("front-desk", 7, "wss://agent.example.com/media?key=1") with { Enabled = true, TwilioCredentials = "second", Channels = 2 };
        new AssistantDirectory(_folder).Apply(saved);

        var started = new AssistantDirectory(_folder);

        started.Trouble.ShouldBeNull();
        started.Find("front-desk").ShouldBe(saved);
    }

    [Fact]
    public void Apply_File_IsItsOwnersAloneAndNothingElseIsLeft()
    {
        new AssistantDirectory(_folder).Apply(Saved("front-desk", 1));

        var file = Directory.GetFiles(_folder).ShouldHaveSingleItem();
        Path.GetFileName(file).ShouldBe("front-desk.json");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void Constructor_DamagedFiles_KnowsTheRestAndWritesThemAnew()
    {
        var directory = new AssistantDirectory(_folder);
        directory.Apply(Saved("whole", 1));
        directory.Apply(Saved("torn", 1));
        File.WriteAllText(Path.Combine(_folder, "torn.json"), """{"Saved":{"AssistantId":"to""");
        File.WriteAllText(Path.Combine(_folder, "empty.json"), "");
        File.WriteAllText(Path.Combine(_folder, "another.json"), File.ReadAllText(Path.Combine(_folder, "whole.json")));

        var started = new AssistantDirectory(_folder);

        started.Trouble.ShouldNotBeNull();
        started.Count.ShouldBe(1);
        started.Find("whole").ShouldNotBeNull();
        started.Apply(Saved("torn", 1)).ShouldBeTrue();
        File.Delete(Path.Combine(_folder, "empty.json"));
        new AssistantDirectory(_folder).Trouble.ShouldBeNull();
    }

    [Fact]
    public void Apply_FolderThatIsNone_IsKnownAllTheSameAndSaysWhatWentWrong()
    {
        var notAFolder = Path.Combine(_folder, "file");
        File.WriteAllText(notAFolder, "");

        var directory = new AssistantDirectory(notAFolder);

        directory.Trouble.ShouldNotBeNull();
        Should.Throw<IOException>(() => directory.Apply(Saved("front-desk", 1)));
        directory.Find("front-desk").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("../secrets")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("-rf")]
    [InlineData("front desk")]
    [InlineData("büro")]
    [InlineData("line\nfeed")]
    public void Apply_IdThatIsNone_IsRefused(string id)
    {
        var directory = new AssistantDirectory(_folder);

        Should.Throw<ArgumentException>(() => directory.Apply(Saved(id, 1)));
        Directory.GetFiles(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void IsValid_LongestId_IsAndOneLongerIsNot()
    {
        AssistantId.IsValid(new string('a', 128)).ShouldBeTrue();
        AssistantId.IsValid(new string('a', 129)).ShouldBeFalse();
        AssistantId.IsValid(null).ShouldBeFalse();
    }

    [Fact]
    public void Apply_MoreThanThereIsRoomFor_ForgetsTheLongestDeletedAndThenRefuses()
    {
        var directory = new AssistantDirectory(_folder, capacity: 2);
        directory.Apply(Deleted("gone", 1));
        directory.Apply(Saved("a", 2));

        directory.Apply(Saved("b", 3)).ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => directory.Apply(Saved("c", 4)));
        directory.Apply(Saved("a", 5)).ShouldBeTrue();
        Directory.GetFiles(_folder).Select(Path.GetFileName).Order().ShouldBe(["a.json", "b.json"]);
    }

    internal static AssistantSaved Saved(string id, long version, string? mediaUrl = null) => new()
    {
        AssistantId = id,
        Version = version,
        MediaUrl = mediaUrl,
        Enabled = false,
        Format = "mp3",
        SampleRate = 8000,
        Channels = 1,
        RecordUserAudio = true,
        RecordAssistantAudio = true,
        RecordMixedAudio = true,
        AutoSave = true,
        RecordingsDir = "recordings",
        CreateDatabaseRecords = true,
        SavedAt = DateTimeOffset.UnixEpoch,
    };

    internal static AssistantDeleted Deleted(string id, long version) =>
        new() { AssistantId = id, Version = version, DeletedAt = DateTimeOffset.UnixEpoch };
}
