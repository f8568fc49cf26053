using Burqi.Catalog.Tests.Fixtures;

// One process for all tests that need no other settings: each makes calls of its own in it.
[assembly: AssemblyFixture(typeof(CatalogHost))]
