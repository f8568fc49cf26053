namespace Burqi.Load.Measuring;

/// <summary>What one run of one server showed.</summary>
internal sealed record Measurement
{
    public required int Calls { get; init; }

    /// <summary>How long the steady part lasted.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>The server's CPU time in the steady part, in s.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>The server's CPU time from the first call's start until the last one's files were final, in s.</summary>
    public required double WholeCpuSeconds { get; init; }

    /// <summary>How long the calls lasted.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>Before the first call.</summary>
    public required MemoryUse Idle { get; init; }

    /// <summary>In the steady part: the median.</summary>
    public required MemoryUse Steady { get; init; }

    public required long FramesSent { get; init; }

    /// <summary>Null for a server that keeps no account.</summary>
    public RecordedFrames? Recorded { get; init; }

    /// <summary>What is wrong with the files that were compared; null where all are right, or none are kept.</summary>
    public string? Difference { get; init; }

    /// <summary>How many calls' files were compared sample by sample.</summary>
    public int Compared { get; init; }

    public required long Refused { get; init; }

    public required long WorstLatenessMs { get; init; }

    /// <summary>CPU in ms for a minute of a two-track call, in the steady part.</summary>
    public double CpuMsPerCallMinute => CpuSeconds * 1000 / (Calls * Window.TotalMinutes);

    /// <summary>The same over the whole run: with opening, closing and making the files final.</summary>
    public double WholeCpuMsPerCallMinute => WholeCpuSeconds * 1000 / (Calls * Length.TotalMinutes);

    /// <summary>The share of one core that was busy in the steady part.</summary>
    public double Cores => CpuSeconds / Window.TotalSeconds;

    /// <summary>Private memory that the calls added, in KiB a call.</summary>
    public double PrivateKibPerCall => (Steady.Private - Idle.Private) / (double)Calls;

    /// <summary>Whether every frame sent was recorded, where that is known.</summary>
    public bool IsWhole => Recorded is not { } recorded
        || (recorded.Finished == Calls && recorded.Received == FramesSent && recorded.Lost == 0 && recorded.Gaps == 0 && Difference is null);
}
