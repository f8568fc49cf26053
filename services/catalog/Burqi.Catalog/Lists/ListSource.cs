namespace Burqi.Catalog.Lists;

/// <summary>Rows in the list's order, by an index that begins with the condition's column. Constants only, as in <see cref="ListTable"/>.</summary>
/// <param name="From">What stands behind <c>from</c>.</param>
/// <param name="Condition">What the rows have in common.</param>
/// <param name="ListedAt">The column of the order, as this index has it.</param>
/// <param name="Id">The same for the id.</param>
/// <param name="Row">The alias of the table's rows in <paramref name="From"/>.</param>
internal sealed record ListSource(string From, string? Condition, string ListedAt, string Id, string Row);
