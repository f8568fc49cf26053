using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MassTransit;
using Microsoft.Extensions.Configuration;

namespace Burqi.Media.Cleanup;

/// <summary>
/// One queue for this node alone: every node hears of every recording, since only the one that has its file knows that it has. Where the node
/// has a name of its own, which it keeps over restarts, so does the queue, and what is said while it is away waits for it. Any other gets a
/// new one at each start, which hosting lets expire.
/// </summary>
internal sealed partial class RecordingArchivedConsumerDefinition : ConsumerDefinition<RecordingArchivedConsumer>
{
    private const int LongestName = 64;

    // Not the options: the bus is built before it is known whether they are good, and one bad value would hide all others.
    public RecordingArchivedConsumerDefinition(IConfiguration configuration)
    {
        EndpointName = QueueOf(configuration[MediaOptions.NodeVariable]);
        ConcurrentMessageLimit = 1; // one small file after the other
    }

    internal static string QueueOf(string? node) =>
        "media-recording-archived." + (string.IsNullOrWhiteSpace(node) ? Guid.CreateVersion7().ToString("N") : "node-" + Plain(node.Trim()));

    /// <summary>The name as a queue may bear it; one that has to be changed for that stays unlike all others by its checksum.</summary>
    private static string Plain(string node)
    {
        var plain = OtherCharacters().Replace(node.ToLowerInvariant(), "-");
        return plain == node && node.Length <= LongestName
            ? node
            : $"{plain[..Math.Min(plain.Length, LongestName)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(node)).AsSpan(0, 6))}";
    }

    [GeneratedRegex("[^a-z0-9-]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex OtherCharacters();
}
