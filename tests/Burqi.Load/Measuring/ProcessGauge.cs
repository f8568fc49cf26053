using System.Globalization;
using System.Runtime.InteropServices;

namespace Burqi.Load.Measuring;

/// <summary>What the kernel knows of another process.</summary>
internal static class ProcessGauge
{
    // What Linux tells user space, on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>CPU time in user and system mode, of all threads, in s.</summary>
    public static double CpuSeconds(int process) => ParseCpu(File.ReadAllText($"/proc/{process}/stat"));

    /// <summary>Memory in use, in KiB: all that is resident, and the part of it that is this process's alone.</summary>
    public static MemoryUse Memory(int process) => ParseMemory(File.ReadAllText($"/proc/{process}/status"));

    /// <summary>The most that was ever resident, in KiB.</summary>
    public static long PeakResident(int process) => Find(File.ReadAllText($"/proc/{process}/status"), "VmHWM:");

    internal static double ParseCpu(string stat)
    {
        // The second field is the program's name in parentheses and may hold anything.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    internal static MemoryUse ParseMemory(string status)
    {
        return new MemoryUse(Find(status, "VmRSS:"), Find(status, "RssAnon:"));
    }

    private static long Find(string status, string name)
    {
        foreach (var line in status.Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return long.Parse(line[name.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
            }
        }

        throw new FormatException($"The kernel does not tell {name}");
    }
}

/// <summary>A process's memory, in KiB.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MemoryUse(long Resident, long Private);
