namespace Burqi.Catalog.Twilio;

/// <summary>What calls are placed with from the browser, from the environment variables each names. All four, or there is no dialling.</summary>
internal sealed class TwilioDiallingOptions
{
    public const string AccountSidVariable = "TWILIO_ACCOUNT_SID";
    public const string ApiKeyVariable = "TWILIO_API_KEY";
    public const string ApiSecretVariable = "TWILIO_API_SECRET";
    public const string AppSidVariable = "TWILIO_TWIML_APP_SID";

    /// <summary><c>TWILIO_ACCOUNT_SID</c>: the account that calls.</summary>
    public string AccountSid { get; set; } = "";

    /// <summary><c>TWILIO_API_KEY</c>: the API key that tokens are signed with.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary><c>TWILIO_API_SECRET</c>: its secret.</summary>
    public string ApiSecret { get; set; } = "";

    /// <summary><c>TWILIO_TWIML_APP_SID</c>: the TwiML app that says what becomes of a call from the browser.</summary>
    public string AppSid { get; set; } = "";

    /// <summary>The variables that are not set.</summary>
    public IReadOnlyList<string> Missing =>
    [
        .. new[] { (AccountSidVariable, AccountSid), (ApiKeyVariable, ApiKey), (ApiSecretVariable, ApiSecret), (AppSidVariable, AppSid) }
            .Where(variable => variable.Item2.Length == 0)
            .Select(variable => variable.Item1),
    ];
}
