using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Burqi.Catalog.Completeness;

/// <summary>When a call counts as not recorded in full.</summary>
internal sealed class CompletenessOptions
{
    private const double MostMinutes = 1440;
    private const double MostToleranceSeconds = 3600;
    private const double MostNoEndMinutes = 10_080;

    /// <summary>
    /// <c>BURQI_COMPLETENESS_MINUTES</c>: how long after a call's end it is known at the latest whether anything is missing. Default 10;
    /// 0 has no call looked at.
    /// </summary>
    public TimeSpan Within { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary><c>BURQI_COMPLETENESS_TOLERANCE_SECONDS</c>: how much shorter than the call its recordings may be. Default 5.</summary>
    public TimeSpan Tolerance { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// <c>BURQI_COMPLETENESS_NO_END_MINUTES</c>: how long after its last recording ended a call counts as over whose end nobody told of.
    /// Default 60.
    /// </summary>
    public TimeSpan NoEnd { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>
    /// <c>TWILIO_RECORDING_TRIM</c>: ingress's setting. The provider's own recordings tell nothing by their length where silence is cut off them.
    /// </summary>
    public bool ProviderTrims { get; set; }

    /// <summary>What could not be read, for the validator to report with everything else.</summary>
    public List<string> Unreadable { get; } = [];

    public bool IsOff => Within == TimeSpan.Zero;

    /// <summary>When a call is looked at after its end. The rest of the time is for those before it in the queue.</summary>
    public TimeSpan FirstLook => Within * 0.8;

    /// <summary>When recordings that are still on their way are given up. What is left is for the look to be made.</summary>
    public TimeSpan LastLook => Within * 0.95;

    /// <summary>What recordings are given to arrive when it was late that the call's end was told.</summary>
    public TimeSpan Grace => Within * 0.2;

    public void Read(IConfiguration configuration)
    {
        Within = TimeSpan.FromMinutes(Number("BURQI_COMPLETENESS_MINUTES", Within.TotalMinutes, 0, MostMinutes));
        Tolerance = TimeSpan.FromSeconds(Number("BURQI_COMPLETENESS_TOLERANCE_SECONDS", Tolerance.TotalSeconds, 0, MostToleranceSeconds));
        NoEnd = TimeSpan.FromMinutes(Number("BURQI_COMPLETENESS_NO_END_MINUTES", NoEnd.TotalMinutes, 0, MostNoEndMinutes));
        ProviderTrims = configuration["TWILIO_RECORDING_TRIM"]?.Trim() == "trim-silence";

        double Number(string name, double otherwise, double least, double most)
        {
            var text = configuration[name];
            if (string.IsNullOrWhiteSpace(text))
            {
                return otherwise;
            }

            if (double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            {
                return value;
            }

            Unreadable.Add(string.Create(CultureInfo.InvariantCulture, $"{name} must be a number from {least} to {most}."));
            return otherwise;
        }
    }
}
