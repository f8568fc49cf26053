using System.Text.Json;
using Burqi.EndToEnd.Tests.Stack;
using Burqi.Hosting.Processes;
using Burqi.Testing;

namespace Burqi.EndToEnd.Tests;

/// <summary>What is archived may go from the node that captured it, and stays what it was for everybody else.</summary>
[Collection(DistributedCollection.Name)]
public sealed class CleanupTests(DistributedStack stack) : IDisposable
{
    private readonly HttpClient api = stack.CreateApiClient();

    [Fact]
    public async Task Call_Archived_IsCleanedUpBesideTheRunningNode()
    {
        var call = await stack.Twilio.PlaceCallAsync(TwoPartyCall.Of(TimeSpan.FromSeconds(4)));
        var rows = await Evidence.FourCompletedAsync(api, call.CallSid);
        var folder = Path.Combine(stack.RecordingsFolder, call.CallSid);
        var expected = Evidence.Expected(call);
        await Eventually.BecomesTrueAsync(() => Recordings(folder).All(recording => recording.TryGetProperty("archived", out _)), description: "the node has heard of all three");
        Directory.GetFiles(folder, "*.wav").Length.ShouldBe(3);

        // The call was played faster than it is long: until its length has passed it ends in the future, and nothing is old enough.
        await Eventually.BecomesTrueAsync(() => Manifest(folder).GetProperty("ended_at").GetDateTimeOffset() < DateTimeOffset.UtcNow, description: "the call's end has come");

        await using (var cleanup = await ChildProcess.StartAsync(new ChildProcessStart(ServiceProcess.ResolveDotnet(), Tool(), "cleanup", "--older-than", "0m", "--recordings", stack.RecordingsFolder)))
        {
            (await cleanup.Exited.WaitAsync(TimeSpan.FromMinutes(2))).ShouldBeLessThan(2, "0, or 1 where an earlier call left something that is not archived");
        }

        Directory.GetFiles(folder, "*.wav").ShouldBeEmpty();
        Recordings(folder).ShouldAllBe(recording => recording.GetProperty("removed_because").GetString() == "archived");

        // The next process finds nothing to finish and nothing to tell.
        await stack.Media.KillAsync();
        await stack.Media.StartAsync();
        (await Evidence.SamplesAsync(api, call.CallSid, rows["user"])).ShouldHold(expected.User);
        (await Evidence.FourCompletedAsync(api, call.CallSid)).Values.Select(row => row.OwnObjectKey).ShouldBe(rows.Values.Select(row => row.OwnObjectKey), ignoreOrder: true);
        Recordings(folder).Count.ShouldBe(3);
    }

    public void Dispose() => api.Dispose();

    private static List<JsonElement> Recordings(string folder) =>
        [.. Manifest(folder).GetProperty("recordings").EnumerateArray()];

    private static JsonElement Manifest(string folder) => JsonDocument.Parse(File.ReadAllBytes(Directory.GetFiles(folder, "manifest_*.json").Single())).RootElement;

    private static string Tool()
    {
        // Built beside the tests, as the services are.
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(output.Parent!.Parent!.FullName, "Burqi.Cli", output.Name, "burqi.dll");
    }
}
