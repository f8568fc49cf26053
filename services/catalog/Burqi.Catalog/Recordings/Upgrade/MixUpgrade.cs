using System.Globalization;
using System.Text.Json.Nodes;
using Burqi.Contracts.Recordings;
using Burqi.Identity;

namespace Burqi.Catalog.Recordings.Upgrade;

/// <summary>
/// Whether a call's mix is to be the provider's own recording, which heard both sides at their source. A pure function of what is known of the
/// call: whoever knows the same comes to the same, however it came to be known.
/// </summary>
internal static class MixUpgrade
{
    /// <summary>How much shorter than the mix made here a recording may be: the two do not begin with the same sample.</summary>
    public const long ToleranceMs = 2_000;

    /// <summary>The greatest absolute value of a sample that still counts as silence: 1/1000 of full scale.</summary>
    private const long GreatestSilence = 32;

    private const string Overridden = "twilio_override";

    /// <summary>What of the provider's recording the mix shows as its own.</summary>
    private static readonly string[] Shown =
        ["status", "s3_key", "s3_url", "duration_ms", "file_size", "sha256", "format", "sample_rate", "channels", "recording_sid"];

    /// <summary>What is kept of the mix made here, under these names with <c>local_</c> before them.</summary>
    private static readonly string[] Kept = ["status", "s3_key", "s3_url", "duration_ms", "file_size", "sha256", "format", "sample_rate", "channels"];

    private static readonly string[] OfItsObject = ["store", "archived_at", "tier"];

    public static MixDecision Decide(string callId, IReadOnlyCollection<KnownRecording> recordings, bool hasEnded)
    {
        var decision = new MixDecision();
        var offers = recordings.Where(IsOffer)
            .OrderBy(IsSilent)
            .ThenByDescending(HasTwoChannels)
            .ThenByDescending(offer => offer.DurationMs ?? -1)
            .ThenBy(offer => offer.Sid, StringComparer.Ordinal)
            .ThenBy(offer => offer.Id)
            .ToList();
        var mixes = recordings.Where(recording => recording is { Type: RecordingTypes.Mixed, IsStandIn: false }).ToList();
        var mix = mixes.Where(IsFinal)
            .OrderBy(HasFailed)
            .ThenByDescending(made => made.DurationMs ?? -1)
            .ThenBy(made => made.Id)
            .FirstOrDefault();
        var tracks = recordings.Where(recording => recording is { IsLocal: true, Type: RecordingTypes.User or RecordingTypes.Assistant }).ToList();
        if (offers.Count == 0 || IsUndecided())
        {
            return decision;
        }

        KnownRecording? used = null;
        foreach (var offer in offers)
        {
            var reason = Refusal(offer, mix, tracks) ?? (used is null ? null : $"Another recording of the provider's is used: {used.Sid}.");
            if (reason is null)
            {
                used = offer;
            }
            else
            {
                decision.Derived[offer.Id] = new() { ["recording_metadata"] = new JsonObject { ["not_used_because"] = reason } };
            }
        }

        if (used is not null && mix is not null)
        {
            decision.Derived[mix.Id] = Upgraded(mix, used);
        }
        else if (used is not null)
        {
            decision.StandIn = new(
                RecordingId.Create(used.Provider, callId, used.Sid ?? used.Id.ToString(), RecordingTypes.Mixed), used, StoodFor(used));
        }

        return decision;

        bool IsUndecided() =>
            mix is null
                // A mix that is still recording is waited for, and so is one that may yet be told of. Where nothing was recorded here and the
                // call's end was never told, nobody would come.
                ? mixes.Count > 0 || !(hasEnded || !recordings.Any(recording => recording.IsLocal))
                // What the tracks hold is not known before they end.
                : offers.Exists(IsOneSided) && tracks.Exists(track => track.Status == RecordingStatuses.Recording);
    }

    /// <summary>One that is about to be deleted is none any more: no row may point at what will be gone.</summary>
    private static bool IsOffer(KnownRecording recording) =>
        recording is { Source: RecordingSources.Twilio, Type: RecordingTypes.Provider, Status: RecordingStatuses.Completed, IsGoing: false };

    /// <summary>Its capture is over, well or not. One that was deleted on purpose is left as it is.</summary>
    private static bool IsFinal(KnownRecording mix) => mix.IsLocal && mix.Status is not (RecordingStatuses.Recording or RecordingStatuses.Deleted);

    /// <summary>It cannot be played, whatever its length: it was not captured, or its archiving was given up.</summary>
    private static bool HasFailed(KnownRecording mix) => mix.Status == RecordingStatuses.Failed;

    private static bool HasTwoChannels(KnownRecording offer) => offer.Channels >= 2;

    private static bool IsSilent(KnownRecording offer) => offer.SilentChannels > 0 && offer.SilentChannels >= offer.Channels;

    private static bool IsOneSided(KnownRecording offer) => offer.SilentChannels > 0 && offer.SilentChannels < offer.Channels;

    /// <summary>Why an offer is not a mix, or a worse one than that made here, in one sentence; null where nothing speaks against it.</summary>
    private static string? Refusal(KnownRecording offer, KnownRecording? mix, List<KnownRecording> tracks)
    {
        if (offer.Metadata["track"]?.GetValue<string>() is { } track and not "both")
        {
            return $"It holds one side of the call alone: its track is {track}.";
        }

        if (mix?.DurationMs is not > 0 || HasFailed(mix))
        {
            // Nothing can be played here that it could be worse than.
            return null;
        }

        if (offer.DurationMs is not { } duration)
        {
            return "Its length is not known.";
        }

        if (mix.DurationMs - duration > ToleranceMs)
        {
            return string.Create(CultureInfo.InvariantCulture, $"It is {(mix.DurationMs - duration) / 1000m:0.###} s shorter than the mix that was recorded here.");
        }

        if (!HasTwoChannels(offer))
        {
            return "It has one channel, which does not tell the speakers apart.";
        }

        if (IsSilent(offer))
        {
            return "It holds nothing but silence.";
        }

        return IsOneSided(offer) && HoldsSound(RecordingTypes.User) && HoldsSound(RecordingTypes.Assistant)
            ? "One of its channels is silent, though both sides were heard here."
            : null;

        bool HoldsSound(string type) =>
            tracks.Exists(recorded => recorded.Type == type && recorded.Metadata["facts"]?["peak"]?.GetValue<long>() > GreatestSilence);
    }

    private static JsonObject Upgraded(KnownRecording mix, KnownRecording offer)
    {
        var metadata = new JsonObject
        {
            ["source"] = Overridden,
            ["original_source"] = mix.Source,
            ["provider_recording_id"] = offer.Id.ToString(),
        };
        Copy(offer.Metadata, OfItsObject, metadata);
        Copy(mix.Told, Kept, metadata, "local_");
        Copy(mix.Metadata, OfItsObject, metadata, "local_");
        if ((offer.Metadata["tier"] ?? mix.Metadata["tier"]) is not null)
        {
            metadata["tier"] = offer.Metadata["tier"]?.DeepClone() ?? StorageTiers.Hot;
        }

        var derived = new JsonObject { ["recording_metadata"] = metadata };
        Copy(offer.Told, Shown, derived);
        return derived;
    }

    private static JsonObject StoodFor(KnownRecording offer)
    {
        var metadata = new JsonObject { ["source"] = offer.Source, ["provider_recording_id"] = offer.Id.ToString() };
        Copy(offer.Metadata, OfItsObject, metadata);

        var derived = new JsonObject { ["recording_metadata"] = metadata };
        Copy(offer.Told, [.. Shown, "assistant_id", "started_at", "ended_at", "listed_at"], derived);
        return derived;
    }

    private static void Copy(JsonObject from, IEnumerable<string> names, JsonObject to, string prefix = "")
    {
        foreach (var name in names)
        {
            if (from[name] is { } value)
            {
                to[prefix + name] = value.DeepClone();
            }
        }
    }
}
