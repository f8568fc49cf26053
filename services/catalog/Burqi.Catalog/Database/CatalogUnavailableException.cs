namespace Burqi.Catalog.Database;

/// <summary>The catalog's schema is not there yet.</summary>
internal sealed class CatalogUnavailableException() : Exception("The catalog's database is not ready yet.");
