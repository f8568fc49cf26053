using Burqi.Identity;

namespace Burqi.Ingress.Tests.SharedSource;

public sealed class RecordingIdTests
{
    [Fact]
    public void Create_SameRecording_IsTheSameIdForEver() =>
        // Computed independently with Python's uuid.uuid5; a change would orphan every row and object ever stored.
        RecordingId.Create("twilio", "CA00000000000000000000000000000001", "RE00000000000000000000000000000001", "provider")
            .ShouldBe(Guid.Parse("c71781a2-b36b-5a54-ac7f-4ad1c855fc6e"));

    [Fact]
    public void Create_AnyRecording_IsAVersionFiveUuidOfTheRfcVariant()
    {
        var id = RecordingId.Create("twilio", "CA1", "MZ1", "user");

        id.Version.ShouldBe(5);
        (id.Variant & 0xC).ShouldBe(0x8);
    }

    [Theory]
    [InlineData("acs", "CA1", "MZ1", "user")]
    [InlineData("twilio", "CA2", "MZ1", "user")]
    [InlineData("twilio", "CA1", "MZ2", "user")]
    [InlineData("twilio", "CA1", "MZ1", "assistant")]
    [InlineData("twilio", "CA1M", "Z1", "user")]
    public void Create_AnotherRecording_IsAnotherId(string provider, string callId, string sid, string type) =>
        RecordingId.Create(provider, callId, sid, type).ShouldNotBe(RecordingId.Create("twilio", "CA1", "MZ1", "user"));
}
