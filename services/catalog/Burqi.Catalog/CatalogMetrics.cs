using System.Diagnostics.Metrics;
using Burqi.Catalog.Recordings.Play;

namespace Burqi.Catalog;

/// <summary>Catalog's instruments, on the meter <c>Burqi.Catalog</c>.</summary>
internal sealed class CatalogMetrics
{
    private readonly Counter<long> writeRetries;
    private readonly Counter<long> refusedRequests;
    private readonly Counter<long> contentResponses;
    private readonly Counter<long> contentBytes;
    private readonly Counter<long> missingObjects;
    private readonly Counter<long> refusedSeals;

    public CatalogMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Burqi.Catalog");
        writeRetries = meter.CreateCounter<long>("burqi.catalog.write.retries", "{retry}", "Writes tried again because the database was away");
        refusedRequests = meter.CreateCounter<long>("burqi.catalog.requests.refused", "{request}", "Requests without a valid API key");
        contentResponses = meter.CreateCounter<long>("burqi.catalog.content.responses", "{response}", "Audio responses, by how they ended");
        contentBytes = meter.CreateCounter<long>("burqi.catalog.content.sent", "By", "Audio sent to clients");
        missingObjects = meter.CreateCounter<long>("burqi.catalog.content.missing", "{request}", "Requests for audio whose object is not in the store as archived");
        refusedSeals = meter.CreateCounter<long>("burqi.catalog.audit.seals.refused", "{turn}", "Turns at sealing events in which the last seal's key was not known, and so nothing was sealed");
    }

    public void WriteRetried() => writeRetries.Add(1);

    public void RequestRefused() => refusedRequests.Add(1);

    public void ContentEnded(ContentEnding ending, long bytes)
    {
        contentResponses.Add(1, new KeyValuePair<string, object?>("ending", ending switch
        {
            ContentEnding.Complete => "complete",
            ContentEnding.Redirected => "redirected",
            ContentEnding.ClientLeft => "client-left",
            _ => "store-failed",
        }));
        contentBytes.Add(bytes);
    }

    public void ObjectMissing() => missingObjects.Add(1);

    public void SealRefused() => refusedSeals.Add(1);
}
