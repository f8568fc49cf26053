namespace Burqi.Simulator.Rest;

/// <summary>The faults not yet spent, in the order asked for.</summary>
internal sealed class RestFaults
{
    private readonly Lock sync = new();
    private readonly List<Pending> pending = [];

    public void Add(RestFault fault)
    {
        lock (sync)
        {
            pending.Add(new Pending { Fault = fault, Spared = fault.After, Left = fault.Times });
        }
    }

    public RestFault? Take(RestTarget target, bool spoilsBody)
    {
        lock (sync)
        {
            var fitting = pending.Where(p => (p.Fault.Target == RestTarget.Any || p.Fault.Target == target) && (p.Fault.Status == 0) == spoilsBody).ToList();
            var struck = fitting.Find(p => p.Spared == 0);
            foreach (var waiting in fitting.Where(p => p.Spared > 0))
            {
                waiting.Spared--;
            }

            if (struck is not null && --struck.Left == 0)
            {
                pending.Remove(struck);
            }

            return struck?.Fault;
        }
    }

    private sealed class Pending
    {
        public required RestFault Fault { get; init; }

        public required int Spared { get; set; }

        public required int Left { get; set; }
    }
}
