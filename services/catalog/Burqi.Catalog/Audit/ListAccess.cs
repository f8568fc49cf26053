using System.Text.Json.Nodes;
using Burqi.Catalog.Lists;
using Microsoft.AspNetCore.Http;

namespace Burqi.Catalog.Audit;

/// <summary>What is noted of a list that somebody was shown: which, and what it was searched for.</summary>
internal static class ListAccess
{
    private const int DigitsShown = 4;

    /// <summary>A search for a number is known by its last digits: what is noted can never be removed again.</summary>
    private static readonly HashSet<string> Numbers = ["number", "from_address", "to_address"];

    /// <summary>The list and its filters; pages of one search are one access.</summary>
    /// <param name="list">Which list, such as <c>calls</c>.</param>
    /// <param name="query">The parameters, after they were found good.</param>
    public static JsonObject Details(string list, IQueryCollection query)
    {
        var filters = new JsonObject();
        foreach (var (name, values) in query.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            if (name is not (ListParameters.Cursor or ListParameters.Limit))
            {
                filters[name] = Numbers.Contains(name) ? Ending(values.ToString()) : values.ToString();
            }
        }

        return new JsonObject { ["list"] = list, ["filters"] = filters };
    }

    private static string Ending(string number) => number.Length > 2 * DigitsShown ? $"…{number[^DigitsShown..]}" : "…";
}
