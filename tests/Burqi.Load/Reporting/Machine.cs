using System.Globalization;

namespace Burqi.Load.Reporting;

/// <summary>The machine, as far as a reader of the numbers has to know it.</summary>
internal static class Machine
{
    public static string Describe() => string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {Processor()}, {System()}");

    private static string Processor() =>
        Value("/proc/cpuinfo", "model name", ':') ?? global::System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString();

    private static string System() =>
        Value("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? global::System.Runtime.InteropServices.RuntimeInformation.OSDescription;

    private static string? Value(string file, string name, char separator) => !File.Exists(file) ? null : File.ReadLines(file)
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(separator, StringComparison.Ordinal) + 1)..].Trim())
        .FirstOrDefault();
}
