using System.Diagnostics;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>A judge of our files that shares none of our code.</summary>
internal static class Ffmpeg
{
    /// <summary>What ffprobe says of one entry, such as <c>stream=duration</c> or <c>format_tags</c>.</summary>
    public static async Task<string> ProbeAsync(string path, string entries) =>
        System.Text.Encoding.UTF8.GetString(await RunAsync("ffprobe", "-v", "error", "-show_entries", entries, "-of", "default=noprint_wrappers=1:nokey=1", path)).Trim();

    /// <summary>The audio as ffmpeg decodes it, at the file's own rate.</summary>
    public static async Task<short[]> DecodeAsync(string path) =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(await RunAsync("ffmpeg", "-v", "error", "-i", path, "-f", "s16le", "-")).ToArray();

    private static async Task<byte[]> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var output = new MemoryStream();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        (process.ExitCode, await errors).ShouldBe((0, ""));
        return output.ToArray();
    }
}
