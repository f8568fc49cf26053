using System.Globalization;

namespace Burqi.Simulator.Calls;

/// <summary>The parameters of the requests about a call.</summary>
internal sealed class CallRequests(TwilioSimulatorOptions options, SimulatedCall call)
{
    private static readonly string[] Sides = ["From", "To", "Caller", "Called"];

    /// <summary>Of a request about the caller's leg: what every request about a call carries.</summary>
    public List<KeyValuePair<string, string>> OfCall(string status)
    {
        var script = call.Script;
        List<KeyValuePair<string, string>> parameters =
        [
            new("AccountSid", options.AccountSid),
            new("ApiVersion", "2010-04-01"),
            new("CallSid", call.CallSid),
            new("CallStatus", status),
            new("Direction", script.Direction),
            new("From", script.From),
            new("To", script.To),
            new("Caller", script.From),
            new("Called", script.To),
            new("StirVerstat", "TN-Validation-Passed-A"),
        ];
        AddPlaces(parameters);
        parameters.AddRange(script.ExtraParameters);
        return parameters;
    }

    /// <summary>Of a request about a dialled leg.</summary>
    public List<KeyValuePair<string, string>> OfDialledLeg(string legSid, string from, string to, string status)
    {
        List<KeyValuePair<string, string>> parameters =
        [
            new("AccountSid", options.AccountSid),
            new("ApiVersion", "2010-04-01"),
            new("CallSid", legSid),
            new("ParentCallSid", call.CallSid),
            new("CallStatus", status),
            new("Direction", "outbound-dial"),
            new("From", from),
            new("To", to),
            new("Caller", from),
            new("Called", to),
        ];
        AddPlaces(parameters);
        return parameters;
    }

    /// <summary>Adds what a progress callback carries beside the call.</summary>
    public List<KeyValuePair<string, string>> AsProgress(List<KeyValuePair<string, string>> parameters, int number, TimeSpan? duration)
    {
        parameters.Add(new("Timestamp", Rfc2822(options.TimeProvider.GetUtcNow())));
        parameters.Add(new("CallbackSource", "call-progress-events"));
        parameters.Add(new("SequenceNumber", number.ToString(CultureInfo.InvariantCulture)));
        if (duration is { } length)
        {
            parameters.Add(new("CallDuration", Seconds(length)));
            parameters.Add(new("Duration", Math.Ceiling(length.TotalMinutes).ToString(CultureInfo.InvariantCulture)));
        }

        return parameters;
    }

    public static string Seconds(TimeSpan duration) =>
        Math.Round(duration.TotalSeconds, MidpointRounding.AwayFromZero).ToString(CultureInfo.InvariantCulture);

    /// <summary>As in <c>Tue, 24 Mar 2026 18:15:40 +0000</c>.</summary>
    public static string Rfc2822(DateTimeOffset time) => time.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);

    // Where the numbers are registered: present, and here empty but for the country, as with many real numbers.
    private static void AddPlaces(List<KeyValuePair<string, string>> parameters)
    {
        foreach (var side in Sides)
        {
            parameters.Add(new(side + "City", ""));
            parameters.Add(new(side + "State", ""));
            parameters.Add(new(side + "Zip", ""));
            parameters.Add(new(side + "Country", "US"));
        }
    }
}
