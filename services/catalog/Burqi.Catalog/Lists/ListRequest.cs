namespace Burqi.Catalog.Lists;

/// <summary>What a list is asked for.</summary>
internal sealed record ListRequest
{
    /// <summary>Columns and the values they must equal. The names are those of <see cref="ListFilter"/>s.</summary>
    public IReadOnlyList<(string Column, string Value)> Equal { get; init; } = [];

    /// <summary>Inclusive.</summary>
    public DateTime? StartedAfter { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTime? StartedBefore { get; init; }

    /// <summary>Inclusive. A row whose length is not known has none.</summary>
    public long? MinDurationMs { get; init; }

    /// <summary>Inclusive.</summary>
    public long? MaxDurationMs { get; init; }

    /// <summary>One side of the call.</summary>
    public string? Number { get; init; }

    public bool EarliestFirst { get; init; }

    public PageCursor? Cursor { get; init; }

    public int Limit { get; init; } = ListParameters.DefaultLimit;
}
