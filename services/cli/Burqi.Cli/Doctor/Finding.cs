namespace Burqi.Cli.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum Severity
{
    /// <summary>As it should be.</summary>
    Ok = 0,

    /// <summary>It may work and may not, or could not be found out.</summary>
    Warning,

    /// <summary>It does not work: calls or recordings are lost.</summary>
    Error,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Check">What was looked at, in one or two words.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="What">What was found, in plain words.</param>
/// <param name="Remedy">What to do about it; null where there is nothing to do.</param>
internal sealed record Finding(string Check, Severity Severity, string What, string? Remedy = null)
{
    public static Finding Ok(string check, string what) => new(check, Severity.Ok, what);

    public static Finding Warning(string check, string what, string? remedy = null) => new(check, Severity.Warning, what, remedy);

    public static Finding Error(string check, string what, string? remedy = null) => new(check, Severity.Error, what, remedy);
}
