namespace Burqi.Archiver.Stores;

/// <summary>The content types that stores keep with objects.</summary>
internal static class AudioTypes
{
    public static string Of(ObjectKey key) => Path.GetExtension(key.Value) switch
    {
        ".wav" => "audio/wav",
        ".mp3" => "audio/mpeg",
        ".ogg" or ".opus" => "audio/ogg",
        ".mp4" or ".m4a" => "audio/mp4",
        _ => "application/octet-stream",
    };
}
