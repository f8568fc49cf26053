namespace Burqi.Catalog.Lists;

/// <summary>A query parameter that keeps the rows whose column of the same name equals it.</summary>
/// <param name="Name">The parameter and the column. It goes into the statement: only ever a constant.</param>
/// <param name="Description">For the API's document.</param>
/// <param name="Values">What the column can hold; null where that is open.</param>
internal sealed record ListFilter(string Name, string Description, IReadOnlyList<string>? Values = null);
