namespace Burqi.Simulator.Rest;

/// <summary>The faults not yet spent, in the order asked for.</summary>
internal sealed class RestFaults
{
    private readonly Lock sync = new();
    private readonly List<(RestFault Fault, int Left)> pending = [];

    public void Add(RestFault fault)
    {
        lock (sync)
        {
            pending.Add((fault, fault.Times));
        }
    }

    public RestFault? Take(RestTarget target, bool spoilsBody)
    {
        lock (sync)
        {
            var index = pending.FindIndex(p => (p.Fault.Target == RestTarget.Any || p.Fault.Target == target) && (p.Fault.Status == 0) == spoilsBody);
            if (index < 0)
            {
                return null;
            }

            var (fault, left) = pending[index];
            if (left > 1)
            {
                pending[index] = (fault, left - 1);
            }
            else
            {
                pending.RemoveAt(index);
            }

            return fault;
        }
    }
}
