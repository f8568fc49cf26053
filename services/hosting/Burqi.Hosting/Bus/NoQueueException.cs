namespace Burqi.Hosting.Bus;

/// <summary>A message was not published because a queue that must receive it does not exist: its service has not run against this broker yet.</summary>
public sealed class NoQueueException : Exception
{
    /// <inheritdoc />
    public NoQueueException()
    {
    }

    /// <inheritdoc />
    public NoQueueException(string message)
        : base(message)
    {
    }

    /// <inheritdoc />
    public NoQueueException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
