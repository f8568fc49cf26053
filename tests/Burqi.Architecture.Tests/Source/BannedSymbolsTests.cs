using System.Text.RegularExpressions;

namespace Burqi.Architecture.Tests.Source;

/// <summary>Time, randomness and blocking come in by constructor or not at all: the analyzer says so, and nothing silences it unseen.</summary>
public sealed partial class BannedSymbolsTests
{
    private static readonly string[] MustBeBanned =
    [
        "P:System.DateTime.Now", "P:System.DateTime.UtcNow", "P:System.DateTimeOffset.Now", "P:System.DateTimeOffset.UtcNow", "M:System.Guid.NewGuid",
        "P:System.Threading.Tasks.Task`1.Result", "M:System.Threading.Tasks.Task.Wait", "M:System.Threading.Thread.Sleep(System.Int32)",
        "M:System.Net.Http.HttpClient.#ctor", "M:System.IO.Path.GetTempFileName",
    ];

    [Fact]
    public void BannedSymbols_List_HoldsTheHouseRules()
    {
        var banned = Repository.Read("BannedSymbols.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(';')[0]).ToArray();

        MustBeBanned.Except(banned).ShouldBeEmpty();
    }

    [Fact]
    public void BannedSymbols_Analyzer_RunsOnEveryProject()
    {
        var properties = Repository.Read("Directory.Build.props");

        properties.ShouldContain("Microsoft.CodeAnalysis.BannedApiAnalyzers");
        properties.ShouldContain("BannedSymbols.txt");
        properties.ShouldContain("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>");
    }

    [Fact]
    public void Suppression_InProductCode_StandsAtTheLineWithItsReason() => Rule.HoldsFor(
        Repository.Files("services", ".cs").Concat(Repository.Files("contracts", ".cs")),
        path => Pragma().Matches(Repository.Read(path))
            .Where(match => !Reason().IsMatch(match.Groups["rest"].Value))
            .Select(match => $"{path}: {match.Value.Trim()}"),
        "a silenced warning without a reason is a question to every reader");

    [Fact]
    public void Projects_OfTheProduct_SilenceNothing() => Rule.HoldsFor(
        Repository.Files("services", ".csproj").Concat(Repository.Files("contracts", ".csproj")),
        path => Regex.Matches(Repository.Read(path), "NoWarn|TreatWarningsAsErrors|WarningsNotAsErrors|RunAnalyzers").Select(match => $"{path} sets {match.Value}"),
        "a project-wide silence hides the next mistake as well");

    [GeneratedRegex(@"#pragma warning disable(?<rest>[^\n]*)")]
    private static partial Regex Pragma();

    [GeneratedRegex(@"//\s*\S+\s+\S+")]
    private static partial Regex Reason();
}
