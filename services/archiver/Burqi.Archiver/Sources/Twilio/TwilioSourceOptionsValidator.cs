using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.Twilio;

internal sealed class TwilioSourceOptionsValidator : IValidateOptions<TwilioSourceOptions>
{
    public ValidateOptionsResult Validate(string? name, TwilioSourceOptions options)
    {
        var errors = new List<string>([.. options.Credentials.Problems, .. options.Unreadable]);
        if (!Uri.TryCreate(options.ApiBaseUrl, UriKind.Absolute, out var uri)
            || uri.UserInfo.Length > 0
            || uri.Query.Length > 0
            || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
        {
            errors.Add("TWILIO_API_BASE_URL is not an https URL (http is accepted for a loopback address only): the credentials are sent to it.");
        }

        if (options.NotReadyGrace < TimeSpan.Zero)
        {
            errors.Add($"{TwilioSourceOptions.Section}:NotReadyGrace must not be less than 0.");
        }

        if (options.DurationTolerance < TimeSpan.FromSeconds(1))
        {
            errors.Add($"{TwilioSourceOptions.Section}:DurationTolerance must not be less than 1 s: Twilio counts whole seconds.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
