using System.Diagnostics;
using Burqi.Access;

namespace Burqi.Catalog.Audit;

/// <summary>Who makes a request, from where, and in which trace: what events say of those who ask.</summary>
/// <param name="KeyId">The id of the key, or the subject of the token; never the key.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Address">The client's address.</param>
/// <param name="TraceId">The request's trace, which its log lines carry too.</param>
internal sealed record Asker(string? KeyId, string Name, string? Address, string? TraceId)
{
    public static Asker Of(Caller caller) => new(caller.Id, caller.Name, caller.Address, Activity.Current?.TraceId.ToHexString());
}
