using System.Text.RegularExpressions;

namespace Burqi.Architecture.Tests.Migrations;

/// <summary>The statements of a file of SQL: without comments, in small letters, with single spaces, and without what stands between quotes.</summary>
internal static partial class SqlStatements
{
    public static IReadOnlyList<string> Of(string sql)
    {
        var bare = Quoted().Replace(Body().Replace(Comment().Replace(sql, ""), "''"), "''");
        return [.. bare.Split(';').Select(statement => Space().Replace(statement, " ").Trim().ToLowerInvariant()).Where(statement => statement.Length > 0)];
    }

    [GeneratedRegex("--.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\$(\w*)\$.*?\$\1\$", RegexOptions.Singleline)]
    private static partial Regex Body();

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
