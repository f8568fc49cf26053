using Microsoft.Extensions.Options;

namespace Burqi.Media.Mp3;

/// <summary>Whether this process makes MP3: LAME is found when the first MP3 is made, or, where that is demanded, when the process starts.</summary>
internal sealed class Mp3Support(IOptions<MediaOptions> options)
{
    private readonly Lazy<LameLibrary?> _library = new(() => options.Value.Mp3 == Mp3Use.Off ? null : LameLibrary.TryLoad(options.Value.Mp3Library));

    /// <summary>LAME; null where there is none, or none is wanted.</summary>
    public LameLibrary? Library => _library.Value;
}

/// <summary>Refuses a start that demands MP3 where none can be made.</summary>
internal sealed class Mp3Validator : IValidateOptions<MediaOptions>
{
    public ValidateOptionsResult Validate(string? name, MediaOptions options) =>
        options.Mp3 == Mp3Use.Required && LameLibrary.TryLoad(options.Mp3Library) is null
            ? ValidateOptionsResult.Fail($"BURQI_MEDIA_MP3 is true, but the library {options.Mp3Library} cannot be loaded: install it (Debian's libmp3lame0), or set BURQI_MEDIA_MP3 to auto.")
            : ValidateOptionsResult.Success;
}
