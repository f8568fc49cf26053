using Burqi.Archiver.Stores;

namespace Burqi.Archiver.Tests.Stores;

public sealed class ObjectKeyTests
{
    private static readonly DateTimeOffset StartedAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(5));

    [Fact]
    public void ForCapture_LocalTime_IsFiledUnderTheUtcDay() =>
        ObjectKey.ForCapture("CA1", "user", "wav", StartedAt).Value
            .ShouldBe($"recordings/2026/01/01/CA1/user_{StartedAt.ToUnixTimeSeconds()}.wav");

    [Fact]
    public void ForProviderFile_TwilioIds_AreTheFilesName() =>
        ObjectKey.ForProviderFile("CA1", "RE1", "wav", StartedAt).Value.ShouldBe("recordings/2026/01/01/CA1/CA1_RE1.wav");

    [Theory]
    [InlineData(0, "chunk_1767303845.wav")]
    [InlineData(12, "chunk_1767303845_12.wav")]
    public void ForChunk_OneOfSeveral_HasItsNumber(int index, string name) =>
        ObjectKey.ForChunk("CA1", "chunk", index, "wav", new DateTimeOffset(2026, 1, 1, 21, 44, 5, TimeSpan.Zero)).Value.ShouldBe($"recordings/2026/01/01/CA1/{name}");

    [Fact]
    public void ForRoom_LocalTime_IsNamedByTheUtcTime() =>
        ObjectKey.ForRoom("RM_1", "ogg", StartedAt).Value.ShouldBe("recordings/RM_1_20260101_220405.ogg");

    [Theory]
    [InlineData("front-desk_20260101_220405.ogg", true)]
    [InlineData("front_desk_2_20260101_220405.ogg", true)]
    [InlineData("front-desk_20260101_220405.mp4", false)]
    [InlineData("front desk_20260101_220405.ogg", false)]
    [InlineData("..20260101_220405.ogg", false)]
    [InlineData("../room_20260101_220405.ogg", false)]
    [InlineData("_20260101_220405.ogg", false)]
    [InlineData("front-desk.ogg", false)]
    [InlineData("front-desk_20260101_220405.ogg\n", false)]
    public void ForRoomFile_Name_IsOneOrNot(string name, bool isOne) =>
        (ObjectKey.ForRoomFile(name, "ogg")?.Value).ShouldBe(isOne ? $"recordings/{name}" : null);

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a room")]
    [InlineData("")]
    public void ForRoom_HostileName_IsRefused(string room) => Should.Throw<FormatException>(() => ObjectKey.ForRoom(room, "ogg", StartedAt));

    [Fact]
    public void WithSuffix_OtherRecording_KeepsFolderAndExtension()
    {
        var id = Guid.CreateVersion7();
        ObjectKey.ForProviderFile("CA1", "RE1", "wav", StartedAt).WithSuffix(id).Value.ShouldBe($"recordings/2026/01/01/CA1/CA1_RE1_{id:N}.wav");
    }

    [Theory]
    [InlineData("..", "RE1", "wav")]
    [InlineData(".hidden", "RE1", "wav")]
    [InlineData("a/b", "RE1", "wav")]
    [InlineData("a\\b", "RE1", "wav")]
    [InlineData("a\0", "RE1", "wav")]
    [InlineData("CA1", "../x", "wav")]
    [InlineData("CA1", "", "wav")]
    [InlineData("CA1", "RE1", "w/v")]
    [InlineData("CA1", "RE1", "wav\n")]
    [InlineData("CA1", "RE1", "")]
    public void ForProviderFile_PartThatDoesNotBelongInAPath_IsRefused(string callId, string recordingId, string format) =>
        Should.Throw<FormatException>(() => ObjectKey.ForProviderFile(callId, recordingId, format, StartedAt));

    [Fact]
    public void ForProviderFile_LongestIdentifiers_StillMakeALegalFileName()
    {
        var longest = new string('a', 100);
        var key = ObjectKey.ForProviderFile(longest, longest, "wav", StartedAt).WithSuffix(Guid.CreateVersion7());
        Path.GetFileName(key.Value).Length.ShouldBeLessThan(255);
        Should.Throw<FormatException>(() => ObjectKey.ForProviderFile(longest + "a", longest, "wav", StartedAt));
    }

    [Theory]
    [InlineData("recordings/2026/01/01/CA1/../x.wav")]
    [InlineData("/etc/passwd")]
    [InlineData("recordings/2026/01/01/CA1/x.wav\n")]
    [InlineData("")]
    public void Parse_NotOneOfOurs_IsRefused(string value) => Should.Throw<FormatException>(() => ObjectKey.Parse(value));
}
