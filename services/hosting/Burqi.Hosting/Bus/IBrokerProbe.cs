namespace Burqi.Hosting.Bus;

/// <summary>Looks at the broker from outside the bus, so that the bus's own opinion of itself is not needed.</summary>
internal interface IBrokerProbe
{
    /// <summary>Looks once; ends within a few seconds whatever the broker does, and reports failures instead of throwing them.</summary>
    Task<BrokerReport> LookAsync(CancellationToken cancellationToken);
}
