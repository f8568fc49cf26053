namespace Burqi.Media.Cleanup;

/// <summary>How full the disk of a folder is, as those see it who are not root.</summary>
internal interface IDiskUse
{
    /// <summary>Bytes in use, and bytes that may be in use in all.</summary>
    /// <exception cref="IOException">The disk is gone.</exception>
    (long Used, long Total) Read(string folder);
}

/// <summary>What the operating system says.</summary>
internal sealed class DiskUse : IDiskUse
{
    public (long Used, long Total) Read(string folder)
    {
        var drive = new DriveInfo(folder);
        var used = drive.TotalSize - drive.TotalFreeSpace;
        return (used, used + drive.AvailableFreeSpace);
    }
}
