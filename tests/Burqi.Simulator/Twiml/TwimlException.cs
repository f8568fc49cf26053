namespace Burqi.Simulator.Twiml;

/// <summary>A document that Twilio would refuse, or would quietly take otherwise than its author meant.</summary>
public sealed class TwimlException(IReadOnlyList<string> faults)
    : Exception("The answer is not TwiML the simulator accepts:" + string.Concat(faults.Select(f => Environment.NewLine + "- " + f)))
{
    /// <summary>Everything that is wrong with it, not only the first.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
