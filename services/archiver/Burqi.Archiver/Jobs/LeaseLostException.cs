namespace Burqi.Archiver.Jobs;

/// <summary>The job is another's by now, or nobody's: whoever worked on it leaves everything as it is.</summary>
internal sealed class LeaseLostException() : Exception("The lease of the job was lost.");
