using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Burqi.Hosting.Options;

/// <summary>Reads settings under their flat names and gathers a sentence for each that cannot be used.</summary>
internal sealed class SettingReader(IConfiguration configuration)
{
    private readonly List<string> errors = [];

    public IReadOnlyList<string> Errors => errors;

    public string? Text(string name) => configuration[name] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    public TimeSpan Seconds(string name, double defaultValue, double minimum, double maximum)
    {
        if (Text(name) is not { } text)
        {
            return TimeSpan.FromSeconds(defaultValue);
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds >= minimum
            && seconds <= maximum)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        Fail(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}': it must be a number of seconds from {minimum} to {maximum}."));
        return TimeSpan.FromSeconds(defaultValue);
    }

    public IReadOnlyList<string> List(string name) =>
        Text(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    public void Fail(string sentence) => errors.Add(sentence);
}
