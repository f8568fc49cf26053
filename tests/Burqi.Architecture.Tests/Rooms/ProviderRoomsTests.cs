using System.Text.RegularExpressions;

namespace Burqi.Architecture.Tests.Rooms;

/// <summary>A provider's wire format lives in that provider's folder and leaves it as a contract or as plain audio.</summary>
public sealed partial class ProviderRoomsTests
{
    private static readonly string[] Providers = ["Twilio", "Acs", "LiveKit"];

    [Fact]
    public void ProviderNamespace_UsedFrom_ThatProviderAndTheFrontDoorOnly() => Rule.HoldsFor(
        Product.Services.SelectMany(service => CodeUse.TypesOf(service.Assembly).Where(type => type != service.Module)),
        type => CodeUse.TypesUsedBy(type)
            .Where(used => ProviderOf(used) is { } provider && provider != ProviderOf(type))
            .Select(used => $"{type.FullName} uses {used.FullName}"),
        "a second provider is added beside the first, not through it");

    [Fact]
    public void ProviderNamespaces_Exist_InIngressMediaAndArchiver() => Rule.HoldsFor(
        Product.Services.Where(service => service.Name != "catalog"),
        service => CodeUse.TypesOf(service.Assembly).Any(type => ProviderOf(type) == "Twilio") ? [] : [$"{service} has no Twilio folder: the rule above would not see one"],
        "the rule above is about these folders");

    [Fact]
    public void TwilioWireWord_InSource_StandsInATwilioFolder() => Rule.HoldsFor(
        Repository.Files("services", ".cs"),
        path => path.Contains("/Twilio/", StringComparison.Ordinal)
            ? []
            : TwilioWord().Matches(Repository.Read(path)).Select(match => $"{path} names {match.Value}"),
        "when Twilio renames a field, one folder changes");

    private static string? ProviderOf(Type type) =>
        type.Namespace?.StartsWith("Burqi.", StringComparison.Ordinal) == true
            ? Providers.FirstOrDefault(provider => type.Namespace.Split('.').Contains(provider))
            : null;

    /// <summary>A whole string literal that is one of Twilio's form fields, JSON fields or headers.</summary>
    [GeneratedRegex("""
        "(?:CallSid|AccountSid|ParentCallSid|RecordingSid|RecordingUrl|RecordingStatus|RecordingDuration|RecordingChannels|RecordingStartTime|RecordingSource|RecordingTrack|StreamSid|StreamEvent|StreamError|streamSid|callSid|accountSid|customParameters|mediaFormat|sequenceNumber|inbound_track|outbound_track|both_tracks|X-Twilio-[A-Za-z-]+|I-Twilio-[A-Za-z-]+)"
        """)]
    private static partial Regex TwilioWord();
}
