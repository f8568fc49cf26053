using System.Globalization;

namespace Burqi.Archiver.Stores.Parts;

/// <summary>How stores that take objects in parts are written to.</summary>
public sealed class PartOptions
{
    internal const int MostParallel = 64;

    /// <summary>
    /// <c>BURQI_TRANSFER_PARTS</c>: how many parts (of 5 MiB) the uploads of this process hold in memory together, or one each where they are more: a
    /// recording that is alone has all but one of them under way while that one is filled. 1 to 64. Default 4.
    /// </summary>
    public int Parallel { get; set; } = 4;

    /// <summary>What could not be read as a number, for the validator to report with everything else.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>Takes over the flat variable; null leaves what is set.</summary>
    internal void Read(string? parallel)
    {
        if (parallel is null)
        {
            return;
        }

        if (int.TryParse(parallel, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostParallel)
        {
            Parallel = count;
        }
        else
        {
            Unreadable.Add($"BURQI_TRANSFER_PARTS is '{parallel}': give a number from 1 to {MostParallel}.");
        }
    }
}
