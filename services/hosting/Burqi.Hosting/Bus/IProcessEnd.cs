namespace Burqi.Hosting.Bus;

/// <summary>Ends the process that cannot be healed from within.</summary>
internal interface IProcessEnd
{
    /// <summary>Begins an orderly stop, and ends the process hard when that takes longer than an orderly stop may.</summary>
    void End(string reason);
}
