using Burqi.Catalog.Database;
using Burqi.Catalog.Retention.Policies;
using Dapper;

namespace Burqi.Catalog.Retention.Plan;

/// <summary>
/// What is due, by the policies as they stand. Everything is read from the indexes of 0010, which hold the recordings in the order in which they
/// come of age: what is not due costs nothing. Times are the database's.
/// </summary>
internal sealed class RetentionPlanQuery(CatalogDatabase database, RetentionPoliciesQuery policies)
{
    private const string IsDeletable = "is_deletable and shown_by is null and deletion_id is null";
    private const string IsStored = "object_bytes is not null and tier_asked <> 'archive' and deletion_id is null";

    private const string DueForDeletion =
        $"""
        {IsDeletable} and (due.assistant_id, due.kind) = (rule.assistant_id, rule.kind)
        and due.counted_from <= now() - make_interval(days => rule.days)
        """;

    private const string DueForTier =
        $"""
        {IsStored} and (due.assistant_id, due.tier_kind, due.tier_asked) = (rule.assistant_id, rule.kind, rule.tier)
        and due.counted_from <= now() - make_interval(days => rule.days)
        and (rule.younger is null or due.counted_from > now() - make_interval(days => rule.younger))
        """;

    // From each pair to the next, by the index alone.
    private static readonly string Pairs = $"{Walk("kind", IsDeletable, isOfTiers: false)} union all {Walk("tier_kind", IsStored, isOfTiers: true)}";

    private static readonly string Counts = $"{Count("is null", DueForDeletion)} union all {Count("is not null", DueForTier)}";

    private static readonly string Items =
        $"select * from (({Item("is null", DueForDeletion)}) union all ({Item("is not null", DueForTier)})) items order by Since, RecordingId limit @limit";

    private static readonly string DeletionPage = Page(DueForDeletion);
    private static readonly string TierPage = Page(DueForTier);

    /// <summary>The rules under which anything could be due.</summary>
    public async Task<IReadOnlyList<DueRule>> RulesAsync(CancellationToken cancellationToken)
    {
        var known = await policies.ExecuteAsync(cancellationToken);
        var pairs = await database.ReadAsync(
            connection => connection.QueryAsync<RetentionPair>(new CommandDefinition(Pairs, cancellationToken: cancellationToken)), cancellationToken);
        return [.. DueRule.Of(known, pairs)];
    }

    /// <summary>How much is due under each rule; nothing of those under which nothing is.</summary>
    public async Task<IReadOnlyList<DueCount>> CountAsync(IReadOnlyList<DueRule> rules, CancellationToken cancellationToken) => await database.ReadAsync(
        async connection => (await connection.QueryAsync<DueCount>(new CommandDefinition(Counts, Parameters(rules, 0), cancellationToken: cancellationToken))).AsList(),
        cancellationToken);

    /// <summary>What has been due for longest.</summary>
    public async Task<IReadOnlyList<DueItem>> ItemsAsync(IReadOnlyList<DueRule> rules, int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        async connection => (await connection.QueryAsync<DueItem>(new CommandDefinition(Items, Parameters(rules, limit), cancellationToken: cancellationToken))).AsList(),
        cancellationToken);

    /// <summary>The next of those to which a rule applies and that no hold keeps, after <paramref name="last"/>.</summary>
    public async Task<IReadOnlyList<DueRecording>> PageAsync(DueRule rule, DueRecording? last, int limit, CancellationToken cancellationToken)
    {
        var parameters = Parameters([rule], limit);
        parameters.Add("after", last?.CountedFrom ?? DateTime.MinValue.ToUniversalTime());
        parameters.Add("afterId", last?.RecordingId ?? Guid.Empty);
        var sql = rule.Tier is null ? DeletionPage : TierPage;
        return await database.ReadAsync(
            async connection => (await connection.QueryAsync<DueRecording>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).AsList(),
            cancellationToken);
    }

    private static DynamicParameters Parameters(IReadOnlyList<DueRule> rules, int limit) => new(new
    {
        Numbers = Enumerable.Range(0, rules.Count).ToArray(),
        Assistants = rules.Select(rule => rule.AssistantId).ToArray(),
        Kinds = rules.Select(rule => rule.Kind).ToArray(),
        Days = rules.Select(rule => rule.Days).ToArray(),
        Younger = rules.Select(rule => rule.YoungerThanDays).ToArray(),
        Tiers = rules.Select(rule => rule.Tier).ToArray(),
        limit,
    });

    private static string Walk(string kind, string isOpen, bool isOfTiers) =>
        $"""
        (with recursive pairs as (
            (select assistant_id, {kind} as kind from catalog.recording_retention where {isOpen} order by 1, 2 limit 1)
            union all
            select next.* from pairs cross join lateral (
                select assistant_id, {kind} from catalog.recording_retention
                where {isOpen} and (assistant_id, {kind}) > (pairs.assistant_id, pairs.kind) order by 1, 2 limit 1) next)
        select {(isOfTiers ? "true" : "false")} as IsOfTiers, assistant_id as AssistantId, kind as Kind from pairs)
        """;

    private static string Rules(string condition) =>
        $"""
        (select * from unnest(
            cast(@Numbers as integer[]), cast(@Assistants as text[]), cast(@Kinds as text[]), cast(@Days as integer[]),
            cast(@Younger as integer[]), cast(@Tiers as text[])) as given (number, assistant_id, kind, days, younger, tier)
        where {condition}) rule
        """;

    private static string Count(string isOfTiers, string condition) =>
        $"""
        select rule.number as Number, counted.recordings as Recordings, counted.bytes as Bytes, counted.held as Held, counted.since as Since
        from {Rules($"tier {isOfTiers}")}
        cross join lateral (
            select count(*) as recordings, coalesce(sum(due.object_bytes), 0)::bigint as bytes, count(hold.call_id) as held,
                min(due.counted_from) + make_interval(days => rule.days) as since
            from catalog.recording_retention due left join catalog.legal_holds hold on hold.call_id = due.call_id
            where {condition}) counted
        where counted.recordings > 0
        """;

    private static string Item(string isOfTiers, string condition) =>
        $"""
        select
            rule.number as Number, found.recording_id as RecordingId, found.call_id as CallId, found.object_bytes as Bytes,
            found.counted_from + make_interval(days => rule.days) as Since,
            exists (select from catalog.legal_holds hold where hold.call_id = found.call_id) as IsHeld
        from {Rules($"tier {isOfTiers}")}
        cross join lateral (select * from catalog.recording_retention due where {condition} order by due.counted_from limit @limit) found
        """;

    private static string Page(string condition) =>
        $"""
        select found.recording_id as RecordingId, found.call_id as CallId, found.counted_from as CountedFrom
        from {Rules("true")}
        cross join lateral (
            select * from catalog.recording_retention due
            where {condition} and (due.counted_from, due.recording_id) > (@after, @afterId)
                and not exists (select from catalog.legal_holds hold where hold.call_id = due.call_id)
            order by due.counted_from, due.recording_id
            limit @limit) found
        """;
}

/// <summary>How much is due under a rule.</summary>
internal sealed record DueCount
{
    /// <summary>The rule's place among those asked for.</summary>
    public required int Number { get; init; }

    public required long Recordings { get; init; }

    public required long Bytes { get; init; }

    /// <summary>How many of them a legal hold keeps.</summary>
    public required long Held { get; init; }

    /// <summary>Since when the first of them has been due.</summary>
    public required DateTime Since { get; init; }
}

/// <summary>A recording to which something is due.</summary>
internal sealed record DueItem
{
    public required int Number { get; init; }

    public required Guid RecordingId { get; init; }

    public required string CallId { get; init; }

    public long? Bytes { get; init; }

    public required DateTime Since { get; init; }

    public required bool IsHeld { get; init; }
}

/// <summary>A recording, in the order in which they come of age.</summary>
internal sealed record DueRecording
{
    public required Guid RecordingId { get; init; }

    public required string CallId { get; init; }

    public required DateTime CountedFrom { get; init; }
}
