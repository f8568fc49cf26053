namespace Burqi.Hosting.Processes;

/// <summary>The signals a child process may be sent, by their Linux numbers.</summary>
public enum ChildSignal
{
    /// <summary>No signal.</summary>
    None = 0,

    /// <summary>SIGINT: PostgreSQL's fast stop.</summary>
    Interrupt = 2,

    /// <summary>SIGQUIT: PostgreSQL's immediate stop.</summary>
    Quit = 3,

    /// <summary>SIGKILL: cannot be caught.</summary>
    Kill = 9,

    /// <summary>SIGTERM: an orderly end for most servers.</summary>
    Terminate = 15,

    /// <summary>SIGCONT: lets a suspended process go on.</summary>
    Continue = 18,

    /// <summary>SIGSTOP: suspends the process where it stands.</summary>
    Suspend = 19,
}
