namespace Burqi.Archiver.Jobs;

/// <summary>What <see cref="JobCensusQuery"/> counted.</summary>
internal sealed record JobCensus(long Waiting, long Running, long Dead, double OldestWaitingSeconds);
