namespace Burqi.Hosting;

/// <summary>What a process's exit code says. The numbers are those of BSD's sysexits.</summary>
public static class ExitCodes
{
    /// <summary>An orderly stop.</summary>
    public const int Stopped = 0;

    /// <summary>It could not start, or a part of it failed.</summary>
    public const int Failed = 1;

    /// <summary>It ended itself because its connection to the bus was stuck: starting it again heals it (EX_SOFTWARE).</summary>
    public const int BusStuck = 70;

    /// <summary>The configuration is missing or contradicts itself: starting it again does not help (EX_CONFIG).</summary>
    public const int BadConfiguration = 78;
}
