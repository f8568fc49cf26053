namespace Burqi.Catalog.Lists;

/// <summary>What a list is read from. All of it goes into the statement: only ever constants.</summary>
/// <param name="Name">The table, or what stands for one, with the columns <c>listed_at</c> and <c>assistant_id</c>.</param>
/// <param name="Columns">What is selected.</param>
/// <param name="Id">The column that tells rows of one time apart.</param>
internal sealed record ListTable(string Name, string Columns, string Id)
{
    /// <summary>Where the rows of one <c>@number</c> are found in the list's order; several do not share a row.</summary>
    public IReadOnlyList<ListSource> Numbered { get; init; } = [];
}
