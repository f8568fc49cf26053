namespace Burqi.Cli.Wav;

/// <summary>Finds the WAV files a path stands for.</summary>
internal static class WavFiles
{
    /// <summary>The file itself, or the WAV files of the folder, in the order of their names. Links are not followed: they could lead out of it.</summary>
    public static IReadOnlyList<string> Find(string path, bool recursive) =>
        File.Exists(path)
            ? [Path.GetFullPath(path)]
            : [.. Directory.EnumerateFiles(Path.GetFullPath(path), "*.wav", new EnumerationOptions
            {
                RecurseSubdirectories = recursive,
                MatchCasing = MatchCasing.CaseInsensitive,
                AttributesToSkip = FileAttributes.ReparsePoint,
                IgnoreInaccessible = false,
            }).Order(StringComparer.Ordinal)];
}
