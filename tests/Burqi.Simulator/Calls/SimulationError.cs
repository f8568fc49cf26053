namespace Burqi.Simulator.Calls;

/// <summary>Something Twilio's debugger would have shown.</summary>
/// <param name="Code">Twilio's error code.</param>
/// <param name="Message">What happened.</param>
public sealed record SimulationError(int Code, string Message);
