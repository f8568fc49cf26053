using System.Net;
using System.Net.Http.Json;
using Amazon.S3.Model;
using Burqi.EndToEnd.Tests.Stack;
using Burqi.Testing;

namespace Burqi.EndToEnd.Tests;

/// <summary>What is deleted is gone in the bucket, on the media node and at Twilio, and its rows say so.</summary>
[Collection(DistributedCollection.Name)]
public sealed class DeletionTests(DistributedStack stack) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly HttpClient api = stack.CreateApiClient();

    [Fact]
    public async Task Recordings_OfACall_AreDeletedEverywhereUnlessAHoldKeepsThem()
    {
        var call = await stack.Twilio.PlaceCallAsync(TwoPartyCall.Of(TimeSpan.FromSeconds(4)));
        var rows = await Evidence.FourCompletedAsync(api, call.CallSid);
        await Eventually.BecomesTrueAsync(async () => (await Evidence.RecordingsOfAsync(api, call.CallSid)).Count(row => row.IsSplit && row.IsStored) == 2, Limit);
        rows.ShouldBeUpgraded();

        using (var hold = await api.PutAsJsonAsync(new Uri($"/calls/{call.CallSid}/legal-hold", UriKind.Relative), new { reason = "Case 7" }))
        {
            hold.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await DeleteAsync(call.CallSid, rows["user"].Id)).ShouldBe(HttpStatusCode.Conflict);
        using (var lifted = await api.DeleteAsync(new Uri($"/calls/{call.CallSid}/legal-hold", UriKind.Relative)))
        {
            lifted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        (await DeleteAsync(call.CallSid, rows["provider"].Id)).ShouldBe(HttpStatusCode.Conflict, "the mix plays it");
        foreach (var row in (await Evidence.RecordingsOfAsync(api, call.CallSid)).Where(row => row.Type != "provider"))
        {
            (await DeleteAsync(call.CallSid, row.Id)).ShouldBe(HttpStatusCode.Accepted);
        }

        await Eventually.BecomesTrueAsync(
            async () => (await Evidence.RecordingsOfAsync(api, call.CallSid)).All(row => row.Type == "provider" || row.Status == "deleted"), Limit);
        (await ObjectKeysAsync(call.CallSid)).ShouldBe([rows["provider"].OwnObjectKey]);
        (await DeleteAsync(call.CallSid, rows["provider"].Id)).ShouldBe(HttpStatusCode.Accepted);
        await Eventually.BecomesTrueAsync(async () => (await Evidence.RecordingsOfAsync(api, call.CallSid)).All(row => row.Status == "deleted"), Limit);

        (await ObjectKeysAsync(call.CallSid)).ShouldBeEmpty();
        call.Recordings.ShouldHaveSingleItem().Status.ShouldBe("deleted");
        Directory.EnumerateFiles(Path.Combine(stack.RecordingsFolder, call.CallSid)).Select(Path.GetExtension).ShouldAllBe(extension => extension == ".json");
        foreach (var row in await Evidence.RecordingsOfAsync(api, call.CallSid))
        {
            (row.ObjectKey, row.Says("deletion_note")).ShouldBe((null, null));
            row.Sha256.ShouldNotBeNull();
            using var play = await api.GetAsync(new Uri($"/calls/{call.CallSid}/recording/{row.Id}/play", UriKind.Relative));
            play.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    public void Dispose() => api.Dispose();

    private async Task<HttpStatusCode> DeleteAsync(string callSid, Guid id)
    {
        using var answer = await api.DeleteAsync(new Uri($"/calls/{callSid}/recording/{id}", UriKind.Relative));
        return answer.StatusCode;
    }

    private async Task<List<string>> ObjectKeysAsync(string callSid)
    {
        using var client = stack.Bucket.Server.CreateClient();
        var listing = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = stack.Bucket.Name });
        return [.. (listing.S3Objects ?? []).Select(found => found.Key).Where(key => key.Contains(callSid, StringComparison.Ordinal))];
    }
}
