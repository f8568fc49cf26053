namespace Burqi.Hosting.Processes;

/// <summary>A child process could not be started, ended when it should not have, or was not ready in time. The message carries its last output.</summary>
public sealed class ChildProcessException : Exception
{
    /// <summary>An exception without a message.</summary>
    public ChildProcessException()
    {
    }

    /// <summary>An exception with a message.</summary>
    public ChildProcessException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a message and its cause.</summary>
    public ChildProcessException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
