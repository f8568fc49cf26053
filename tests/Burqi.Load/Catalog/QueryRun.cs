using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;

namespace Burqi.Load.Catalog;

/// <summary>How long a list takes over HTTP, by every parameter that the API's document names, alone and with others that are usual with it, on every kind of page.</summary>
internal static class QueryRun
{
    private const int WarmUp = 20;

    private static readonly string[] Lists = ["calls", "recordings"];

    // With others, as the page and a supervisor ask: on both lists, where both have them.
    private static readonly string[][] Together =
    [
        ["status", "assistant_id"], ["recording_type", "assistant_id"], ["recording_type", "status"], ["status", "started_after", "started_before"],
        ["assistant_id", "started_after", "started_before"], ["number", "started_after", "started_before"], ["number", "status"], ["number", "assistant_id"],
        ["min_duration_ms", "assistant_id"], ["min_duration_ms", "status"], ["min_duration_ms", "max_duration_ms"], ["min_duration_ms", "started_after", "started_before"],
        ["completeness", "assistant_id"], ["completeness", "started_after", "started_before"], ["provider", "status"], ["recording_source", "recording_type"], ["direction", "status"],
    ];

    // The parameters of every list, which are measured with each filter and not as one.
    private static readonly HashSet<string> OfPages = new(["limit", "cursor", "sort"], StringComparer.Ordinal);

    /// <summary>All filters, with an unlimited key and with one that is limited to some assistants; the slowest of a filter's pages is what counts.</summary>
    public static async Task<QueryResult> MeasureAsync(CatalogUnderLoad catalog, NpgsqlDataSource database, int calls, int repeats, Action<string> say)
    {
        var random = new Random(4711);
        var document = (await catalog.Client.GetFromJsonAsync<JsonObject>(new Uri("/openapi/v1.json", UriKind.Relative)))!;
        var limited = await LimitedAsync(catalog.Client);
        var filters = new List<FilterTime>();
        var bare = await BareAsync(database, calls, repeats, random);
        foreach (var list in Lists)
        {
            var documented = document["paths"]![$"/{list}"]!["get"]!["parameters"]!.AsArray().Select(parameter => parameter!["name"]!.GetValue<string>())
                .Where(name => !OfPages.Contains(name)).ToList();
            string[][] sets = [[], .. documented.Select(name => (string[])[name]), .. Together.Where(set => set.All(documented.Contains))];
            foreach (var (client, key) in ((HttpClient, string)[])[(catalog.Client, ""), .. limited is null ? [] : new[] { (limited, "limited key") }])
            {
                foreach (var set in sets)
                {
                    var time = await FilterAsync(client, list, set, key, calls, repeats, random);
                    filters.Add(time);
                    say(string.Create(CultureInfo.InvariantCulture, $"{list} {time.Name} {key}: median {time.Median:0.0} ms, p99 {time.Percentile99:0.0} ms ({time.SlowestPage})"));
                }
            }
        }

        limited?.Dispose();
        return new QueryResult(filters, bare, limited is not null);
    }

    private static async Task<FilterTime> FilterAsync(HttpClient client, string list, string[] parameters, string key, int calls, int repeats, Random random)
    {
        var pages = new Dictionary<string, Func<Task<string>>>(StringComparer.Ordinal)
        {
            ["first page"] = () => Task.FromResult(Address("")),
            ["earliest first"] = () => Task.FromResult(Address("&sort=started_at")),
            ["200 rows"] = () => Task.FromResult(Address("&limit=200")),
        };
        if (!parameters.Contains("started_after") && !parameters.Contains("started_before"))
        {
            // Where a page in the middle begins only the API can say.
            pages["a page in the middle"] = async () =>
            {
                var address = Address("&limit=1");
                var middle = await GetAsync(client, $"{address}&started_before={Time(calls / 2)}");
                return middle["next_cursor"]?.GetValue<string>() is { } cursor ? $"{address.Replace("limit=1", "limit=50", StringComparison.Ordinal)}&cursor={cursor}" : address;
            };
        }

        var times = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var (name, address) in pages)
        {
            var taken = new List<double>();
            for (var turn = 0; turn < WarmUp + repeats; turn++)
            {
                var asked = await address();
                var clock = Stopwatch.StartNew();
                await GetAsync(client, asked);
                if (turn >= WarmUp)
                {
                    taken.Add(clock.Elapsed.TotalMilliseconds);
                }
            }

            times[name] = [.. taken.Order()];
        }

        var slowest = times.MaxBy(page => Percentile(page.Value, 0.99));
        return new FilterTime(
            list, parameters.Length == 0 ? "no filter" : string.Join(" + ", parameters), key, Percentile(times["first page"], 0.5), Percentile(slowest.Value, 0.99), slowest.Key);

        string Address(string more)
        {
            var from = random.Next(calls / 10, calls - 1);
            return $"/{list}?{string.Join('&', parameters.Select(name => $"{name}={Uri.EscapeDataString(Value(list, name, from, random))}"))}{more}";
        }
    }

    private static string Value(string list, string name, int number, Random random) => name switch
    {
        "call_id" => ToldCalls.CallId(number),
        "recording_sid" => ToldCalls.Sid(number),
        "assistant_id" => ToldCalls.Assistant(number),
        "number" => random.Next(2) == 0 ? ToldCalls.From(number) : ToldCalls.To(number),
        "from_address" => ToldCalls.From(number),
        "to_address" => ToldCalls.To(number),
        "provider" => Any("twilio", "acs", "livekit"),
        "direction" => Any("inbound", "outbound-api"),
        "completeness" => Any("complete", "incomplete", "missing", "pending"),
        "status" => list == "calls" ? Any("completed", "failed", "in-progress", "busy") : Any("completed", "captured", "recording", "failed", "absent", "deleted"),
        "recording_source" => Any("local", "twilio", "acs", "livekit"),
        "recording_type" => Any("user", "assistant", "mixed", "provider", "chunk", "participant3"),
        "min_duration_ms" => Any("0", "60000", "300000", "590000", "604000", "3600000", "86400000"),
        "max_duration_ms" => Any("86400000", "604000", "60000", "6000", "5100", "10"),
        "started_after" => Time(number),
        "started_before" => Time(number + random.Next(1, 5000)),
        _ => throw new InvalidOperationException($"The API documents the parameter {name} of {list}, and nobody said here what is asked for by it."),
    };

    private static string Any(params string[] values) => values[Random.Shared.Next(values.Length)];

    private static string Time(int number) => ToldCalls.Start(number).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static async Task<JsonObject> GetAsync(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(new Uri(address, UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        return answer.StatusCode == HttpStatusCode.OK ? JsonNode.Parse(text)!.AsObject() : throw new InvalidOperationException($"GET {address}: {(int)answer.StatusCode} {text}");
    }

    private static async Task<HttpClient?> LimitedAsync(HttpClient client)
    {
        using var answer = await client.PostAsJsonAsync(
            new Uri("/keys", UriKind.Relative),
            new { name = "limited", scopes = new[] { "recordings:read" }, assistants = new[] { "assistant-3", "assistant-17", "assistant-29" } });
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        answer.EnsureSuccessStatusCode();
        var key = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString();
        var limited = new HttpClient { BaseAddress = client.BaseAddress };
        limited.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return limited;
    }

    /// <summary>One row by its primary key on a connection that is open: what the machine, the driver and the server take at least.</summary>
    private static async Task<double[]> BareAsync(NpgsqlDataSource database, int calls, int repeats, Random random)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("select status from catalog.calls where call_id = $1", connection) { Parameters = { new NpgsqlParameter<string>() } };
        await command.PrepareAsync();
        var taken = new List<double>();
        for (var turn = 0; turn < WarmUp + 10 * repeats; turn++)
        {
            command.Parameters[0].Value = ToldCalls.CallId(random.Next(ToldCalls.KindsEvery, calls));
            var clock = Stopwatch.StartNew();
            await command.ExecuteScalarAsync();
            taken.Add(clock.Elapsed.TotalMilliseconds);
        }

        return [.. taken.Skip(WarmUp).Order()];
    }

    internal static double Percentile(double[] ordered, double share) => ordered[Math.Clamp((int)Math.Ceiling(share * ordered.Length) - 1, 0, ordered.Length - 1)];
}

/// <summary>How long a filter takes.</summary>
/// <param name="List">Of which list.</param>
/// <param name="Name">The parameters.</param>
/// <param name="Key">Empty, or what is particular about the key.</param>
/// <param name="Median">Of first pages, in ms.</param>
/// <param name="Percentile99">Of the slowest of its kinds of page, in ms.</param>
/// <param name="SlowestPage">Which kind that is.</param>
internal sealed record FilterTime(string List, string Name, string Key, double Median, double Percentile99, string SlowestPage);

/// <summary>All filters beside the bare lookup of a row.</summary>
/// <param name="Filters">By list and key.</param>
/// <param name="Bare">The lookups, in ms, ordered.</param>
/// <param name="WithLimitedKeys">Whether there are keys limited to assistants to measure with.</param>
internal sealed record QueryResult(IReadOnlyList<FilterTime> Filters, double[] Bare, bool WithLimitedKeys);
