namespace Burqi.Hosting.PrivatePostgres;

/// <summary>Where a private PostgreSQL keeps its data and how careful it is with it.</summary>
/// <param name="Folder">Holds the cluster (<c>data</c>), the password (<c>password</c>, mode 0600) and the lock; created when absent.</param>
public sealed record PrivatePostgresOptions(string Folder)
{
    /// <summary>
    /// Whether a commit survives a power cut (default). False is for tests only: nothing is flushed, and only the machine's, not the
    /// server's, crash loses data.
    /// </summary>
    public bool Durable { get; init; } = true;

    /// <summary>The loopback port; 0 (default) takes a free one at every start.</summary>
    public int Port { get; init; }

    /// <summary>The most connections the server takes. Default: 100.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>How long a start may take, recovery after a crash included. Default: 2 minutes.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromMinutes(2);
}
