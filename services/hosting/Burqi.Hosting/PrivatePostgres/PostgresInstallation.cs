using System.Globalization;

namespace Burqi.Hosting.PrivatePostgres;

/// <summary>The PostgreSQL programs of one major version, as Debian lays them out.</summary>
internal sealed record PostgresInstallation(int Version, string BinFolder)
{
    private const string Root = "/usr/lib/postgresql";

    /// <summary>The newest installation, or the one an existing cluster needs: a major version reads no other's files.</summary>
    public static PostgresInstallation Find(string clusterFolder)
    {
        var installed = All();
        var versionFile = Path.Combine(clusterFolder, "PG_VERSION");
        if (File.Exists(versionFile))
        {
            var wanted = int.Parse(File.ReadAllText(versionFile), CultureInfo.InvariantCulture);
            return installed.FirstOrDefault(candidate => candidate.Version == wanted)
                ?? throw new InvalidOperationException(
                    $"The database in {clusterFolder} was made by PostgreSQL {wanted}, which is not installed: install it with 'sudo apt-get install postgresql-{wanted}'.");
        }

        return installed.FirstOrDefault()
            ?? throw new InvalidOperationException(
                "PostgreSQL is not installed: install it with 'sudo apt-get install postgresql', or set BURQI_DATABASE_URL to a server of yours.");
    }

    public static bool IsInstalled() => All().Length > 0;

    public string Program(string name) => Path.Combine(BinFolder, name);

    private static PostgresInstallation[] All() =>
        !Directory.Exists(Root)
            ? []
            : [.. Directory.EnumerateDirectories(Root)
                .Select(folder => (Folder: folder, Numeric: int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var version), Version: version))
                .Where(candidate => candidate.Numeric && File.Exists(Path.Combine(candidate.Folder, "bin", "initdb")))
                .OrderByDescending(candidate => candidate.Version)
                .Select(candidate => new PostgresInstallation(candidate.Version, Path.Combine(candidate.Folder, "bin")))];
}
