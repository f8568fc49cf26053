namespace Burqi.Ingress.Spool;

/// <summary>What became of an event.</summary>
internal enum Delivery
{
    /// <summary>The bus has it.</summary>
    Confirmed,

    /// <summary>It is on disk and will be published when the bus is back.</summary>
    Spooled,

    /// <summary>Neither took it: the provider must be made to tell us again.</summary>
    Lost,
}
