using System.Reflection;

namespace Burqi.Contracts.Tests;

/// <summary>The assembly and what counts as a message in it: every public class that is not a list of constants.</summary>
internal static class Messages
{
    public static readonly Assembly Assembly = typeof(Providers).Assembly;

    public static IReadOnlyList<Type> All { get; } =
        [.. Assembly.GetExportedTypes().Where(type => !(type.IsAbstract && type.IsSealed)).OrderBy(type => type.FullName, StringComparer.Ordinal)];

    public static TheoryData<Type> Theory => [.. All];

    public static string SamplePath(Type message) => Path.Combine(AppContext.BaseDirectory, "Samples", "v1", $"{message.Name}.json");
}
