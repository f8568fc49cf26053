namespace Burqi.Load.Servers;

/// <summary>A folder for one run, gone when it is over.</summary>
internal sealed class LoadFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("burqi-load-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
