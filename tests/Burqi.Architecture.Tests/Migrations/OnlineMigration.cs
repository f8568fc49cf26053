using System.Text.RegularExpressions;

namespace Burqi.Architecture.Tests.Migrations;

/// <summary>What a migration may do while replicas of before go on reading and writing tables of millions of rows.</summary>
internal static partial class OnlineMigration
{
    /// <summary>They do not grow with the calls: whatever is done to them is done at once.</summary>
    private static readonly HashSet<string> Small = new(StringComparer.Ordinal)
    {
        "catalog.assistants", "catalog.legal_holds", "catalog.retention_sweeps", "archiver.encryption_rotations", "archiver.reconciliations", "archiver.store_states",
    };

    /// <summary>What is wrong with a file, statement by statement, in sentences that say what to do instead.</summary>
    public static IEnumerable<string> Violations(string name, string sql)
    {
        var statements = SqlStatements.Of(sql);
        var isOnline = name.EndsWith("_online", StringComparison.Ordinal);
        var harmless = statements.Select(statement => CreatedTable().Match(statement)).Where(match => match.Success).Select(match => match.Groups["table"].Value)
            .Concat(Small).ToHashSet(StringComparer.Ordinal);
        return statements.Select(statement => (isOnline ? Online(statement) : InTransaction(statement, harmless)) is { } wrong ? $"{wrong}: {statement}" : null).OfType<string>();
    }

    // Run again from the beginning when it was broken off, each must be one that may be repeated.
    private static string? Online(string statement) => OnlineStatement().IsMatch(statement)
        ? null
        : "a file _online holds only 'create index concurrently if not exists', 'drop index concurrently if exists', 'alter table … validate constraint', "
            + "'analyze', and 'call' of a procedure that commits after each of its batches and goes on where it was broken off";

    private static string? InTransaction(string statement, HashSet<string> harmless)
    {
        if (statement.Contains(" concurrently ", StringComparison.Ordinal))
        {
            return "it cannot be done in a transaction and belongs into a file whose name ends in _online";
        }

        if (Subject().Match(statement) is not { Success: true } subject || harmless.Contains(subject.Groups["table"].Value))
        {
            return null;
        }

        if (subject.Groups["what"].Value != "alter table")
        {
            return "it keeps others from a table for as long as it takes; indexes are made concurrently and rows changed by batches, in a file whose name ends in _online";
        }

        var added = AddedColumn().Match(statement);
        if (added.Success && (statement.Contains(" not null", StringComparison.Ordinal) || Constraint().IsMatch(statement)) && !statement.EndsWith(" not valid", StringComparison.Ordinal))
        {
            return "a column is added nullable and without a constraint, which reads the whole table; a check is added 'not valid' and validated in a file whose name ends in _online";
        }

        return added.Success || HarmlessAlteration().IsMatch(statement)
            ? null
            : "of a table that is in use only nullable columns, constraints that are 'not valid' and defaults may be added; nothing is renamed, retyped or dropped that replicas of before use";
    }

    [GeneratedRegex(@"^create (unlogged )?table (if not exists )?(?<table>[\w.]+)")]
    private static partial Regex CreatedTable();

    [GeneratedRegex(@"^(create (unique )?index concurrently if not exists|drop index concurrently if exists|alter table [\w.]+ validate constraint|analyze|call) ")]
    private static partial Regex OnlineStatement();

    [GeneratedRegex(@"^(?<what>create (unique )?index (if not exists )?\w+ on|alter table|lock table|update|delete from|truncate|cluster|reindex table|drop table|insert into [\w.]+.* from) (only |if exists )?(?<table>[\w.]+)")]
    private static partial Regex Subject();

    [GeneratedRegex(@"^alter table [\w.]+ add column ")]
    private static partial Regex AddedColumn();

    [GeneratedRegex(@"\b(check|references|unique|primary key|generated)\b")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"^alter table [\w.]+ ((add constraint .* not valid)|(drop constraint [\w ]+)|(alter column \w+ (set default .*|drop default|drop not null|set statistics .*))|(set \(.*\))|(enable .*trigger .*))$")]
    private static partial Regex HarmlessAlteration();
}
