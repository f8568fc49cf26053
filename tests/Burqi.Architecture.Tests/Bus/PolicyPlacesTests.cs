using System.Reflection;
using Burqi.Architecture.Tests.Rooms;
using MassTransit;

namespace Burqi.Architecture.Tests.Bus;

/// <summary>A queue's name, a message's retry and a concurrency limit stand in a consumer definition, or once for all in hosting.</summary>
public sealed class PolicyPlacesTests
{
    private static readonly HashSet<string> Policies = new(StringComparer.Ordinal)
    {
        "set_EndpointName", "set_ConcurrentMessageLimit", "set_PrefetchCount", "UseMessageRetry", "UseRetry", "UseDelayedRedelivery",
        "UseScheduledRedelivery", "UseConcurrencyLimit", "UseConcurrentMessageLimit", "UseRateLimit", "UseKillSwitch", "UseCircuitBreaker",
        "UseTimeout", "SetQuorumQueue",
    };

    [Fact]
    public void MessagePolicy_InServices_StandsInADefinition() => Rule.HoldsFor(
        Product.Services.SelectMany(service => CodeUse.TypesOf(service.Assembly)),
        type => Definitions(type).Count > 0
            ? []
            : CodeUse.MembersUsedBy(type).OfType<MethodInfo>().Where(IsPolicy).Select(method => $"{type.FullName} calls {method.Name}"),
        "whoever looks for a queue's behaviour opens its definition");

    [Fact]
    public void Definition_OfAConsumer_NamesItsQueueAndLimitsItsConcurrency() => Rule.HoldsFor(
        Product.Services.SelectMany(service => CodeUse.TypesOf(service.Assembly)).Where(type => !type.IsAbstract && Definitions(type).Count > 0),
        definition => new[] { "set_EndpointName", "set_ConcurrentMessageLimit" }
            .Where(policy => !Definitions(definition).SelectMany(CodeUse.MembersUsedBy).OfType<MethodInfo>().Any(method => IsPolicy(method) && method.Name == policy))
            .Select(policy => $"{definition.FullName} never calls {policy}"),
        "the default name leaves the service out, the default limit is whatever the machine has");

    internal static bool IsDefinition(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ConsumerDefinition<>);

    /// <summary>A definition and the definitions of ours it is built on; none for any other type.</summary>
    private static List<Type> Definitions(Type type)
    {
        var chain = new List<Type>();
        for (var at = type; at is not null; at = at.BaseType)
        {
            if (IsDefinition(at))
            {
                return chain;
            }

            chain.Add(at.IsGenericType ? at.GetGenericTypeDefinition() : at);
        }

        return [];
    }

    private static bool IsPolicy(MethodInfo method) =>
        Policies.Contains(method.Name) && method.DeclaringType?.Assembly.GetName().Name?.StartsWith("MassTransit", StringComparison.Ordinal) == true;
}
