using System.Runtime.InteropServices;

namespace Burqi.Media.Mp3;

/// <summary>
/// LAME's functions, from a library that is there or is not: it is looked for once, when the process starts. A recording without it stays a
/// WAV, so nothing here may fail at first use instead.
/// </summary>
internal sealed unsafe class LameLibrary
{
    public readonly delegate* unmanaged<nint> Init;
    public readonly delegate* unmanaged<nint, int> InitParams;
    public readonly delegate* unmanaged<nint, int> Close;
    public readonly delegate* unmanaged<nint, int, int> SetInSampleRate;
    public readonly delegate* unmanaged<nint, int, int> SetOutSampleRate;
    public readonly delegate* unmanaged<nint, int, int> SetChannels;
    public readonly delegate* unmanaged<nint, int, int> SetBitRate;
    public readonly delegate* unmanaged<nint, int, int> SetQuality;
    public readonly delegate* unmanaged<nint, int, int> SetMode;
    public readonly delegate* unmanaged<nint, int, int> SetVariableBitRate;
    public readonly delegate* unmanaged<nint, int, int> SetInfoFrame;
    public readonly delegate* unmanaged<nint, int, void> SetId3Automatic;
    public readonly delegate* unmanaged<nint, short*, short*, int, byte*, int, int> EncodeMono;
    public readonly delegate* unmanaged<nint, short*, int, byte*, int, int> EncodeStereo;
    public readonly delegate* unmanaged<nint, byte*, int, int> Flush;
    public readonly delegate* unmanaged<nint, byte*, nuint, nuint> GetInfoFrame;

    private LameLibrary(nint library)
    {
        Init = (delegate* unmanaged<nint>)Find("lame_init");
        InitParams = (delegate* unmanaged<nint, int>)Find("lame_init_params");
        Close = (delegate* unmanaged<nint, int>)Find("lame_close");
        SetInSampleRate = (delegate* unmanaged<nint, int, int>)Find("lame_set_in_samplerate");
        SetOutSampleRate = (delegate* unmanaged<nint, int, int>)Find("lame_set_out_samplerate");
        SetChannels = (delegate* unmanaged<nint, int, int>)Find("lame_set_num_channels");
        SetBitRate = (delegate* unmanaged<nint, int, int>)Find("lame_set_brate");
        SetQuality = (delegate* unmanaged<nint, int, int>)Find("lame_set_quality");
        SetMode = (delegate* unmanaged<nint, int, int>)Find("lame_set_mode");
        SetVariableBitRate = (delegate* unmanaged<nint, int, int>)Find("lame_set_VBR");
        SetInfoFrame = (delegate* unmanaged<nint, int, int>)Find("lame_set_bWriteVbrTag");
        SetId3Automatic = (delegate* unmanaged<nint, int, void>)Find("lame_set_write_id3tag_automatic");
        EncodeMono = (delegate* unmanaged<nint, short*, short*, int, byte*, int, int>)Find("lame_encode_buffer");
        EncodeStereo = (delegate* unmanaged<nint, short*, int, byte*, int, int>)Find("lame_encode_buffer_interleaved");
        Flush = (delegate* unmanaged<nint, byte*, int, int>)Find("lame_encode_flush");
        GetInfoFrame = (delegate* unmanaged<nint, byte*, nuint, nuint>)Find("lame_get_lametag_frame");

        nint Find(string name) => NativeLibrary.GetExport(library, name);
    }

    /// <summary>The name under which the system's own package installs it.</summary>
    public static string DefaultName { get; } =
        OperatingSystem.IsWindows() ? "libmp3lame.dll" : OperatingSystem.IsMacOS() ? "libmp3lame.0.dylib" : "libmp3lame.so.0";

    /// <summary>Loads the library, from beside the program or where the system has it; null where there is none of this name, or it is not LAME. It stays loaded.</summary>
    public static LameLibrary? TryLoad(string name)
    {
        if (!NativeLibrary.TryLoad(name, typeof(LameLibrary).Assembly, searchPath: null, out var library))
        {
            return null;
        }

        try
        {
            return new LameLibrary(library);
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }
}
