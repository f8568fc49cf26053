namespace Burqi.Ingress.Twilio.Twiml;

/// <summary>Something that Twilio does not allow was to be written. The message never repeats the value: it may be a number or a token.</summary>
internal sealed class TwimlException(string message, Exception? innerException = null) : Exception(message, innerException);
