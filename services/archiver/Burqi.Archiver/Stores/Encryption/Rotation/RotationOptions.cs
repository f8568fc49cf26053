namespace Burqi.Archiver.Stores.Encryption.Rotation;

/// <summary>How keys are rotated; seldom changed.</summary>
public sealed class RotationOptions
{
    /// <summary>The section of these values.</summary>
    public const string Section = "Archiver:Rotation";

    /// <summary>How often the table is asked for a rotation that another replica was asked for, or left. Default 5 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long objects that could not be done are left alone before they are tried again. Default 30 s.</summary>
    public TimeSpan PassInterval { get; set; } = TimeSpan.FromSeconds(30);
}
