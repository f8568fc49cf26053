namespace Burqi.Archiver.Jobs;

/// <summary>The values of <c>step</c>: what is to be done with the recording. A recording has at most one job of each.</summary>
internal static class JobSteps
{
    /// <summary>Bring it from its source into the store.</summary>
    public const string Archive = "archive";

    /// <summary>
    /// Make a recording of one channel of what lies in the store. A step of its own: a replica of an older release, which asks for
    /// <see cref="Archive"/> alone, would not know how, and give it up.
    /// </summary>
    public const string Split = "split";

    /// <summary>Delete the provider's own copy of what is archived.</summary>
    public const string DeleteAtProvider = "delete-at-provider";
}
