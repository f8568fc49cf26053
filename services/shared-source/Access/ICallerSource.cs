namespace Burqi.Access;

/// <summary>Knows whom a bearer token stands for. Those registered are asked in their order until one of them knows.</summary>
internal interface ICallerSource
{
    /// <summary>Whom the token stands for; null where it is not known here, or opens nothing any more.</summary>
    ValueTask<Caller?> FindAsync(string token, CancellationToken cancellationToken);
}
