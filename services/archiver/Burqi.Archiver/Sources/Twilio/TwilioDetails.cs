namespace Burqi.Archiver.Sources.Twilio;

/// <summary>Which of Twilio's recordings is wanted.</summary>
/// <param name="AccountSid">The account that holds it, <c>AC</c> and 32 hexadecimal digits.</param>
/// <param name="RecordingSid">The recording, <c>RE</c> and 32 hexadecimal digits.</param>
internal sealed record TwilioDetails(string AccountSid, string RecordingSid);
