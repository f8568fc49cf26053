using System.Collections.Concurrent;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Tests.Retention;

/// <summary>What catalog asks the archiver for, as the archiver hears it; and its answers.</summary>
internal sealed class ArchiverAsked : IAsyncDisposable
{
    private readonly ConcurrentQueue<RecordingDeletionRequested> _deletions = new();
    private readonly ConcurrentQueue<RecordingTierRequested> _tiers = new();
    private HostReceiveEndpointHandle _endpoint = null!;

    public static async Task<ArchiverAsked> StartAsync(CatalogHost catalog)
    {
        var asked = new ArchiverAsked();
        asked._endpoint = catalog.Services.GetRequiredService<IBusControl>().ConnectReceiveEndpoint(
            $"tests-retention.{Guid.NewGuid():N}",
            endpoint =>
            {
                endpoint.Handler<RecordingDeletionRequested>(context => Keep(asked._deletions, context.Message));
                endpoint.Handler<RecordingTierRequested>(context => Keep(asked._tiers, context.Message));
            });
        await asked._endpoint.Ready;
        return asked;
    }

    public RecordingDeletionRequested[] Deletions(string callId) => [.. _deletions.Where(asked => asked.CallId == callId).DistinctBy(asked => asked.DeletionId)];

    public RecordingTierRequested[] Tiers(string callId) => [.. _tiers.Where(asked => asked.CallId == callId).DistinctBy(asked => asked.Tier)];

    public async Task<RecordingDeletionRequested> DeletionAsync(string callId, Guid recordingId)
    {
        await Eventually.BecomesTrueAsync(() => Deletions(callId).Any(asked => asked.RecordingId == recordingId));
        return Deletions(callId).Last(asked => asked.RecordingId == recordingId);
    }

    public static RecordingDeleted Deleted(RecordingDeletionRequested asked, string? note = null) => new()
    {
        RecordingId = asked.RecordingId,
        Provider = asked.Provider,
        CallId = asked.CallId,
        RecordingType = asked.RecordingType,
        RecordingSource = asked.RecordingSource,
        ProviderRecordingId = asked.ProviderRecordingId,
        AssistantId = asked.AssistantId,
        DeletionId = asked.DeletionId,
        Note = note,
        DeletedAt = asked.RequestedAt.AddSeconds(3),
    };

    public static RecordingDeletionFailed Failed(RecordingDeletionRequested asked) => new()
    {
        RecordingId = asked.RecordingId,
        Provider = asked.Provider,
        CallId = asked.CallId,
        RecordingType = asked.RecordingType,
        RecordingSource = asked.RecordingSource,
        DeletionId = asked.DeletionId,
        Reason = "The store refused.",
        FailedAt = asked.RequestedAt.AddDays(1),
    };

    public static RecordingTierChanged Changed(RecordingTierRequested asked, string? tier = null, string? note = null) => new()
    {
        RecordingId = asked.RecordingId,
        Provider = asked.Provider,
        CallId = asked.CallId,
        RecordingType = asked.RecordingType,
        RecordingSource = asked.RecordingSource,
        Tier = tier ?? asked.Tier,
        Note = note,
        ChangedAt = asked.RequestedAt.AddSeconds(1),
    };

    public async ValueTask DisposeAsync() => await _endpoint.StopAsync();

    private static Task Keep<T>(ConcurrentQueue<T> queue, T message)
    {
        queue.Enqueue(message);
        return Task.CompletedTask;
    }
}
