using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;

namespace Burqi.EndToEnd.Tests.Stack;

/// <summary>Calls in which both parties speak at once from the first moment to the last.</summary>
internal static class TwoPartyCall
{
    /// <summary>The number that is put through to; <see cref="OurNumber"/> is the one our calls show.</summary>
    public const string Callee = "+14255550123";

    public const string OurNumber = "+18005551212";

    /// <summary>Audio in which no sample can be lost, doubled or moved unnoticed.</summary>
    public static CallScript Of(TimeSpan length) => Of(AudioSource.Pattern(1, length), AudioSource.Pattern(2, length));

    public static CallScript Of(AudioSource caller, AudioSource callee) => new() { To = Callee, Caller = caller, Callee = callee };
}
