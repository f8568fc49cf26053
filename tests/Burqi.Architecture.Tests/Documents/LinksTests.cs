using System.Text.RegularExpressions;

namespace Burqi.Architecture.Tests.Documents;

/// <summary>What the pages point at is there.</summary>
public sealed partial class LinksTests
{
    [Fact]
    public void Link_Relative_PointsAtAFileAndAHeadingThatExist() => Rule.HoldsFor(
        Repository.Files(".md").SelectMany(page => Link().Matches(WithoutCode(Repository.Read(page))).Select(match => (page, target: match.Groups["target"].Value))),
        link =>
        {
            if (link.target.Contains("://", StringComparison.Ordinal))
            {
                return [];
            }

            var (path, heading) = link.target.Split('#') is [var file, var anchor] ? (file, anchor) : (link.target, null);
            var absolute = path.Length == 0 ? link.page : Path.Combine(Path.GetDirectoryName(link.page)!, path);
            if (!Repository.Exists(absolute))
            {
                return [$"{link.page} links to {link.target}"];
            }

            return heading is null || Headings(Repository.Read(absolute)).Contains(heading) ? [] : [$"{link.page} links to the missing heading {link.target}"];
        },
        "a page that points nowhere is no guide");

    [Fact]
    public void Path_InBackticks_Exists() => Rule.HoldsFor(
        Repository.Files(".md").SelectMany(page => MentionedPath().Matches(Repository.Read(page)).Select(match => (page, path: match.Groups["path"].Value))),
        mention => Repository.Exists(mention.path) ? [] : [$"{mention.page} names {mention.path}"],
        "a file that was renamed is renamed here too");

    [Fact]
    public void MakeTarget_Mentioned_IsInTheMakefile()
    {
        var targets = Target().Matches(Repository.Read("Makefile")).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

        targets.ShouldNotBeEmpty();
        Rule.HoldsFor(
            Repository.Files(".md").Append(".github/workflows/ci.yml").Append(".ci/run").Append("docker-compose.yml")
                .SelectMany(page => MakeCall().Matches(Repository.Read(page)).Select(match => (page, target: match.Groups["target"].Value))),
            call => targets.Contains(call.target) ? [] : [$"{call.page} says make {call.target}"],
            "the first command a newcomer types works");
    }

    [Fact]
    public void DecisionRecords_Numbers_AreUniqueAndWithoutGap() => Repository.Files("docs/adr", ".md")
        .Select(path => int.Parse(Path.GetFileName(path)[..4], System.Globalization.CultureInfo.InvariantCulture))
        .ShouldBe(Enumerable.Range(1, Repository.Files("docs/adr", ".md").Count));

    [Fact]
    public void DecisionRecord_EveryOne_HasItsThreeParts() => Rule.HoldsFor(
        Repository.Files("docs/adr", ".md"),
        path => new[] { "## Context", "## Decision", "## Consequences" }.Where(part => !Repository.Read(path).Contains(part, StringComparison.Ordinal)).Select(part => $"{path} has no {part}"),
        "a decision without its context cannot be weighed again");

    private static string WithoutCode(string text) => CodeBlock().Replace(text, "");

    private static HashSet<string> Headings(string text) => Heading().Matches(WithoutCode(text))
        .Select(match => NotInAnchor().Replace(match.Groups["title"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))
        .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"\[[^\]\n]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    /// <summary>A path from the root with a folder of ours at its beginning and no placeholder in it.</summary>
    [GeneratedRegex(@"`(?<path>(?:services|tests|contracts|infra|docs)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex MentionedPath();

    [GeneratedRegex(@"(?:`|^\s*(?:- run: )?)make (?<target>[a-z]+)", RegexOptions.Multiline)]
    private static partial Regex MakeCall();

    [GeneratedRegex(@"^(?<name>[a-z]+):", RegexOptions.Multiline)]
    private static partial Regex Target();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("^#+ (?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("[^a-z0-9 _-]")]
    private static partial Regex NotInAnchor();
}
