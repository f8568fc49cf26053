using System.Runtime.InteropServices;

namespace Burqi.Archiver.Waveforms.Mp3;

/// <summary>The decoder in LAME, the library that makes the MP3s here: it is looked for once, and may not be there.</summary>
internal sealed unsafe class LameDecoderLibrary
{
    public readonly delegate* unmanaged<nint> Init;
    public readonly delegate* unmanaged<nint, int> Exit;
    public readonly delegate* unmanaged<nint, byte*, nuint, short*, short*, int*, int*, int*, int> Decode;
    public readonly delegate* unmanaged<nint, nint, void> SetErrorReport;
    public readonly delegate* unmanaged<nint, nint, void> SetMessageReport;
    public readonly delegate* unmanaged<nint, nint, void> SetDebugReport;

    private static readonly Lazy<LameDecoderLibrary?> Loaded = new(TryLoad);

    private LameDecoderLibrary(nint library)
    {
        Init = (delegate* unmanaged<nint>)Find("hip_decode_init");
        Exit = (delegate* unmanaged<nint, int>)Find("hip_decode_exit");
        Decode = (delegate* unmanaged<nint, byte*, nuint, short*, short*, int*, int*, int*, int>)Find("hip_decode1_headersB");
        SetErrorReport = (delegate* unmanaged<nint, nint, void>)Find("hip_set_errorf");
        SetMessageReport = (delegate* unmanaged<nint, nint, void>)Find("hip_set_msgf");
        SetDebugReport = (delegate* unmanaged<nint, nint, void>)Find("hip_set_debugf");

        nint Find(string name) => NativeLibrary.GetExport(library, name);
    }

    /// <summary>The name under which the system's own package installs it.</summary>
    public static string Name { get; } =
        OperatingSystem.IsWindows() ? "libmp3lame.dll" : OperatingSystem.IsMacOS() ? "libmp3lame.0.dylib" : "libmp3lame.so.0";

    /// <summary>The library, from beside the program or where the system has it; null where there is none.</summary>
    public static LameDecoderLibrary? Instance => Loaded.Value;

    private static LameDecoderLibrary? TryLoad()
    {
        if (!NativeLibrary.TryLoad(Name, typeof(LameDecoderLibrary).Assembly, searchPath: null, out var library))
        {
            return null;
        }

        try
        {
            return new LameDecoderLibrary(library);
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }
}
