using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Burqi.Simulator.Commands;

/// <summary>The simulator as a program: <c>call</c> places calls, <c>serve</c> is an account that nobody calls.</summary>
internal static class SimulatorCommand
{
    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Simulates Twilio: places calls to a voice URL as Twilio would and serves its REST API on a loopback port.")
        {
            CallCommand.Create(),
            ServeCommand.Create(),
        };
        return root.Parse(args).InvokeAsync();
    }

    /// <summary>A positive number, or <c>max</c>.</summary>
    internal static double ParseSpeed(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (text == "max")
        {
            return double.PositiveInfinity;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var speed) && speed > 0)
        {
            return speed;
        }

        result.AddError($"--speed '{text}' is neither a positive number nor 'max'.");
        return 1;
    }
}
