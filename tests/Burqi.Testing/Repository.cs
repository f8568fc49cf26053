namespace Burqi.Testing;

/// <summary>The working copy the tests were built in.</summary>
public static class Repository
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>Its top folder: the one that holds the solution.</summary>
    public static string Root => Found.Value;

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Burqi.Services.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Burqi.Services.sln.");
    }
}
