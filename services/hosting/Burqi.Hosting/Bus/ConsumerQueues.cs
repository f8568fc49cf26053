using System.Collections.Concurrent;

namespace Burqi.Hosting.Bus;

/// <summary>The queues this process consumes from, noted while the bus is configured.</summary>
internal sealed class ConsumerQueues
{
    private readonly ConcurrentDictionary<string, bool> _names = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => [.. _names.Keys.Order(StringComparer.Ordinal)];

    public bool Any => !_names.IsEmpty;

    public void Add(string name) => _names[name] = true;
}
