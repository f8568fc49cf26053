using Burqi.EndToEnd.Tests.Stack;

namespace Burqi.EndToEnd.Tests;

/// <summary>The tests that share one distributed stack, and so run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class DistributedCollection : ICollectionFixture<DistributedStack>
{
    public const string Name = "distributed";
}
