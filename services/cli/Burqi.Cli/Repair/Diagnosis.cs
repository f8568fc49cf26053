namespace Burqi.Cli.Repair;

/// <summary>What is wrong with a file.</summary>
internal enum Finding
{
    /// <summary>Nothing: it is not touched.</summary>
    Good = 0,

    /// <summary>The header says linear samples, the audio is mu-law: it sounds like noise and plays at twice the speed.</summary>
    MuLawUnderLinearHeader,

    /// <summary>The header's lengths are not those of the file: players stop early, refuse it, or show a wrong duration.</summary>
    WrongLengths,

    /// <summary>There is no header that tells what the bytes are: nothing safe can be done.</summary>
    NoHeader,

    /// <summary>The file could not be read or written.</summary>
    Unreadable,
}

/// <summary>One file and what became of it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Finding">What is wrong with it.</param>
/// <param name="IsRepaired">Whether it has been put right.</param>
/// <param name="Detail">One sentence for a person; null where there is nothing to say.</param>
internal sealed record RepairResult(string Path, Finding Finding, bool IsRepaired, string? Detail);
