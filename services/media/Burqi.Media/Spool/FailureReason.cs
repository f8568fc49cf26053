namespace Burqi.Media.Spool;

/// <summary>Says why the disk refused, in words that hold no path.</summary>
internal static class FailureReason
{
    // ENOSPC and EDQUOT as .NET reports them on Unix, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>One of a few words, fit for a metric.</summary>
    public static string Classify(Exception exception) => exception switch
    {
        IOException { HResult: NoSpace or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull } => "disk_full",
        DiskLowException => "disk_low",
        UnauthorizedAccessException => "not_permitted",
        IOException => "disk_error",
        _ => "internal",
    };

    /// <summary>One sentence.</summary>
    public static string Describe(Exception exception) => Classify(exception) switch
    {
        "disk_full" => "The disk of the media node is full.",
        "disk_low" => "The disk of the media node has too little room left for another recording.",
        "not_permitted" => "The recordings folder of the media node cannot be written.",
        "disk_error" => $"The disk of the media node failed ({exception.GetType().Name}).",
        _ => $"The recording failed ({exception.GetType().Name}).",
    };
}

/// <summary>The disk has less room than a new recording may begin with.</summary>
internal sealed class DiskLowException() : IOException("The disk has too little room left for another recording.");
