namespace Burqi.Access;

/// <summary>Knows keys by their ids too, so that what was made with a key can end with it.</summary>
internal interface IKeySource : ICallerSource
{
    /// <summary>The keys of an id that open something now: two while an exchanged one is still good, none where it is known no more.</summary>
    ValueTask<IReadOnlyList<(byte[] Hash, Caller Caller)>> KeysAsync(string id, CancellationToken cancellationToken);
}
