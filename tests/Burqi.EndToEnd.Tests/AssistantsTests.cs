using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Burqi.EndToEnd.Tests.Stack;
using Burqi.Testing;

namespace Burqi.EndToEnd.Tests;

/// <summary>What is said of an assistant at the API is known to every process that needs it, whatever happens to any of them.</summary>
[Collection(DistributedCollection.Name)]
public sealed class AssistantsTests(DistributedStack stack) : IDisposable
{
    private readonly HttpClient api = stack.CreateApiClient();
    private readonly string id = $"assistant-{Guid.NewGuid():N}";

    [Fact]
    public async Task Change_OfAnAssistant_ReachesEveryReplica()
    {
        await using var second = stack.DescribeReplica("Media", "Media-2");
        await using var third = stack.DescribeReplica("Ingress", "Ingress-2");
        await Task.WhenAll(second.StartAsync(), third.StartAsync());

        await PutAsync("wss://agent.example.com/1");
        await KnownAsync("wss://agent.example.com/1", "Ingress", "Ingress-2", "Media", "Media-2");
        await PutAsync("wss://agent.example.com/2");
        await KnownAsync("wss://agent.example.com/2", "Ingress", "Ingress-2", "Media", "Media-2");

        using var deleted = await api.DeleteAsync(Route);
        deleted.EnsureSuccessStatusCode();
        await KnownAsync(null, "Ingress", "Ingress-2", "Media", "Media-2");
    }

    [Fact]
    public async Task Replica_ThatStartsLater_IsToldWhatItMissed()
    {
        await PutAsync("wss://agent.example.com/early");
        await KnownAsync("wss://agent.example.com/early", "Ingress", "Media");

        await using var late = stack.DescribeReplica("Media", "Media-late");
        await late.StartAsync();

        await KnownAsync("wss://agent.example.com/early", "Media-late");
    }

    [Fact]
    public async Task Start_WithCatalogAway_KnowsTheAssistantsOfBefore()
    {
        await PutAsync("wss://agent.example.com/kept");
        await KnownAsync("wss://agent.example.com/kept", "Media");
        await stack.Catalog.KillAsync();
        try
        {
            await stack.Media.StopAsync();
            var before = stack.Media.Log.Length;
            await stack.Media.StartAsync();

            await Eventually.BecomesTrueAsync(() =>
                stack.Media.Log[before..].Contains("Catalog was asked to tell its assistants", StringComparison.Ordinal)
                && !stack.Media.Log[before..].Contains("; 0 are known meanwhile", StringComparison.Ordinal));
        }
        finally
        {
            await stack.Catalog.StartAsync();
        }

        await PutAsync("wss://agent.example.com/after");
        await KnownAsync("wss://agent.example.com/after", "Ingress", "Media");
    }

    [Fact]
    public async Task Queue_OfAProcess_LostWhileItRuns_IsMadeAnewAndWhatWasMissedIsTold()
    {
        await PutAsync("wss://agent.example.com/before");
        await KnownAsync("wss://agent.example.com/before", "Ingress", "Media");
        using var management = stack.Broker.CreateManagementClient();
        var queue = await Eventually.ReturnsAsync(async () => await QueuesAsync(management) is [var only] ? only : null);

        // As the broker does when it takes the process for gone. What is published before the queue is there again, nobody keeps.
        using var removed = await management.DeleteAsync(new Uri($"api/queues/{stack.VirtualHost}/{queue}", UriKind.Relative));
        removed.EnsureSuccessStatusCode();
        await PutAsync("wss://agent.example.com/meanwhile");

        await KnownAsync("wss://agent.example.com/meanwhile", "Ingress", "Media");
        await PutAsync("wss://agent.example.com/again");
        await KnownAsync("wss://agent.example.com/again", "Ingress", "Media");

        async Task<string[]> QueuesAsync(HttpClient client) =>
        [
            .. JsonNode.Parse(await client.GetStringAsync(new Uri($"api/queues/{stack.VirtualHost}", UriKind.Relative)))!.AsArray()
                .Where(found => found!["consumers"]?.GetValue<int>() > 0)
                .Select(found => found!["name"]!.GetValue<string>())
                .Where(name => name.StartsWith("media-assistants.", StringComparison.Ordinal)),
        ];
    }

    public void Dispose() => api.Dispose();

    private Uri Route => new($"/assistants/{id}", UriKind.Relative);

    private async Task PutAsync(string mediaUrl)
    {
        using var answer = await api.PutAsJsonAsync(Route, new { media_url = mediaUrl });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until each of these processes keeps the assistant with this URL; null: as a deleted one.</summary>
    private Task KnownAsync(string? mediaUrl, params string[] instances) => Eventually.BecomesTrueAsync(
        () => instances.All(instance => JsonNode.Parse(File.ReadAllText(FileOf(instance)))!["Saved"]?["MediaUrl"]?.GetValue<string>() == mediaUrl),
        TimeSpan.FromSeconds(60),
        $"{mediaUrl ?? "the deletion"} is known to {string.Join(", ", instances)}");

    private string FileOf(string instance) => Path.Combine(
        stack.DataFolder(instance), instance.StartsWith("Media", StringComparison.Ordinal) ? "media-assistants" : "assistants", id + ".json");
}
