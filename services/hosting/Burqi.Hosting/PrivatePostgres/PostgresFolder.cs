using System.Security.Cryptography;

namespace Burqi.Hosting.PrivatePostgres;

/// <summary>
/// A private server's folder, held by one process at a time: <c>data</c> (the cluster), <c>password</c> (mode 0600) and <c>lock</c>.
/// </summary>
internal sealed class PostgresFolder : IDisposable
{
    private readonly FileStream held;

    private PostgresFolder(string path, FileStream held)
    {
        Path = path;
        this.held = held;
        Password = string.Empty;
    }

    public string Path { get; }

    public string Password { get; private set; }

    public string Cluster => System.IO.Path.Combine(Path, "data");

    /// <summary>Where a cluster is made, before it is moved to <see cref="Cluster"/>.</summary>
    public string UnfinishedCluster => System.IO.Path.Combine(Path, "data.new");

    public string PasswordFile => System.IO.Path.Combine(Path, "password");

    /// <summary>Creates the folder and the password where they are absent.</summary>
    /// <exception cref="InvalidOperationException">Another process holds the folder, or its password is lost.</exception>
    public static PostgresFolder Open(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("A private PostgreSQL is started on Linux only: set BURQI_DATABASE_URL to a server of yours.");
        }

        var full = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var folder = new PostgresFolder(full, Hold(full));
        try
        {
            folder.Password = folder.ReadOrMakePassword();
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The lines of the status file (<c>postmaster.pid</c>) a running server keeps, or a killed one left; none when there is no file.</summary>
    public string[] ReadStatus() => ReadStatus(Cluster);

    public static string[] ReadStatus(string cluster)
    {
        try
        {
            return File.ReadAllLines(StatusFile(cluster));
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public void WriteStatus(string[] lines) => File.WriteAllText(StatusFile(Cluster), string.Join('\n', lines) + "\n");

    public void Dispose() => held.Dispose();

    private static string StatusFile(string cluster) => System.IO.Path.Combine(cluster, "postmaster.pid");

    private static FileStream Hold(string folder)
    {
        var file = System.IO.Path.Combine(folder, "lock");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure) when (File.Exists(file))
        {
            throw new InvalidOperationException(
                $"The database in {folder} is in use by another process: stop that one, or set BURQI_DATA_DIR to another folder.", failure);
        }
    }

    private string ReadOrMakePassword()
    {
        if (File.Exists(PasswordFile) && File.ReadAllText(PasswordFile) is { Length: > 0 } known)
        {
            return known;
        }

        if (Directory.Exists(Cluster))
        {
            throw new InvalidOperationException(
                $"{PasswordFile} is missing, and the database beside it cannot be opened without: put it back, or remove {Path} to begin anew.");
        }

        var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(PasswordFile, options);
        writer.Write(made);
        return made;
    }
}
