using System.Diagnostics;

namespace Burqi.Catalog;

/// <summary>Catalog's own spans. The bus's and the database's come from their libraries.</summary>
internal static class CatalogTracing
{
    public static readonly ActivitySource Source = new("Burqi.Catalog");
}
