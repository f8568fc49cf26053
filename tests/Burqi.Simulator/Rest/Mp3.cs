using System.ComponentModel;
using System.Diagnostics;

namespace Burqi.Simulator.Rest;

/// <summary>Makes MP3 of a WAV with ffmpeg, where there is one.</summary>
internal static class Mp3
{
    /// <summary>The MP3; null where no ffmpeg can be started.</summary>
    public static async Task<byte[]?> FromWavAsync(byte[] wav, CancellationToken cancellationToken)
    {
        using var ffmpeg = new Process
        {
            StartInfo = new ProcessStartInfo("ffmpeg", ["-v", "error", "-f", "wav", "-i", "pipe:0", "-b:a", "32k", "-f", "mp3", "pipe:1"])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        try
        {
            ffmpeg.Start();
        }
        catch (Win32Exception)
        {
            return null;
        }

        var feeding = FeedAsync(ffmpeg, wav, cancellationToken);
        var complaining = ffmpeg.StandardError.ReadToEndAsync(cancellationToken);
        using var mp3 = new MemoryStream();
        await ffmpeg.StandardOutput.BaseStream.CopyToAsync(mp3, cancellationToken);
        await feeding;
        await ffmpeg.WaitForExitAsync(cancellationToken);
        return ffmpeg.ExitCode == 0 ? mp3.ToArray() : throw new InvalidOperationException($"ffmpeg failed: {await complaining}");
    }

    private static async Task FeedAsync(Process ffmpeg, byte[] wav, CancellationToken cancellationToken)
    {
        await ffmpeg.StandardInput.BaseStream.WriteAsync(wav, cancellationToken);
        ffmpeg.StandardInput.Close();
    }
}
