namespace Burqi.Archiver.Sources.Twilio;

/// <summary>What we need of Twilio's metadata of a recording.</summary>
/// <param name="Status">in-progress, paused, stopped, processing, completed, absent, deleted or failed.</param>
/// <param name="MediaUrl">Where the audio lies: at Twilio, or in the account's own bucket when external storage is on.</param>
internal sealed record TwilioRecordingMetadata(string? Status, string? MediaUrl);
