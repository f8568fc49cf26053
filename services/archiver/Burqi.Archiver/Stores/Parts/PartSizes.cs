namespace Burqi.Archiver.Stores.Parts;

/// <summary>
/// How large the parts of an object are. S3 takes 10 000 of one object (Azure 50 000), all but the last at least 5 MiB: an object that is long
/// goes up in larger ones, and one of unknown length in ever larger ones.
/// </summary>
internal static class PartSizes
{
    /// <summary>What a part has when nothing speaks against it: the smallest that S3 takes, for each upload has one in memory.</summary>
    public const int Usual = 5 * 1024 * 1024;

    /// <summary>The most parts that any store takes.</summary>
    public const int MostParts = 10_000;

    // Beyond that a few parts would be all the memory there is: an object of unknown length may then have 300 GiB, three weeks of CD quality.
    private const int LargestGrown = 40 * 1024 * 1024;
    private const int PartsOfOneSize = 1000;
    private const int LargestOfAll = 1024 * 1024 * 1024;

    /// <summary>The size of a part.</summary>
    /// <param name="number">Which one, from 1.</param>
    /// <param name="smallest">The size that is set for the store.</param>
    /// <param name="expected">The size of the whole object, where that is known.</param>
    /// <exception cref="IOException">No more parts are taken.</exception>
    public static int Of(int number, int smallest, long? expected)
    {
        if (number > MostParts || expected > (long)LargestOfAll * MostParts)
        {
            throw new IOException($"The recording is longer than {MostParts} parts of it can hold.");
        }

        long size = smallest;
        if (expected is { } all)
        {
            while (size * MostParts < all)
            {
                size *= 2;
            }
        }
        else
        {
            for (var grown = (number - 1) / PartsOfOneSize; grown > 0 && size < LargestGrown; grown--)
            {
                size *= 2;
            }
        }

        return (int)Math.Min(size, LargestOfAll);
    }
}
