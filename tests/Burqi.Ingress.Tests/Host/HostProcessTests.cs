using System.Net;
using Burqi.Hosting;
using Burqi.Ingress.Tests.Support;
using Burqi.Testing;

namespace Burqi.Ingress.Tests.Host;

public sealed class HostProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Start_ConfigurationUnusable_EndsWithASentenceForEachFault()
    {
        await using var process = await IngressProcess.LaunchAsync(
            TestFolder.Create("host"), ("TWILIO_AUTH_TOKEN", null), ("TWILIO_CALLER_ID", "4711"), ("CALLBACK_URI_HOST", "burqi"), ("BURQI_VERIFY_SIGNATURES", " "));

        (await process.Exited.WaitAsync(Limit)).ShouldBe(ExitCodes.BadConfiguration);

        process.Output.Split('\n').Order(StringComparer.Ordinal).ShouldBe(
        [
            "CALLBACK_URI_HOST is not an http or https URL: give the public base URL, such as https://burqi.example.com.",
            "TWILIO_AUTH_TOKEN is missing: without it Twilio's signatures cannot be checked.",
            "TWILIO_CALLER_ID is not a phone number in E.164 form: give a plus sign and up to 15 digits.",
        ]);
    }

    [Fact]
    public async Task Start_RecordingAsTwilioCannot_EndsWithOneSentence()
    {
        await using var process = await IngressProcess.LaunchAsync(TestFolder.Create("host"), ("TWILIO_RECORDING_TRACK", "both_tracks"));

        (await process.Exited.WaitAsync(Limit)).ShouldBe(ExitCodes.BadConfiguration);

        process.Output.ShouldBe("TWILIO_RECORDING_TRACK is 'both_tracks': give inbound, outbound or both.");
    }

    [Fact]
    public async Task Start_FolderOfARunningIngress_EndsWithOneSentenceAndLeavesTheOtherAlone()
    {
        var data = TestFolder.Create("host");
        await using var first = await IngressProcess.StartAsync(data);

        await using var second = await IngressProcess.LaunchAsync(data, ("BURQI_URLS", "http://127.0.0.1:0"));

        (await second.Exited.WaitAsync(Limit)).ShouldBe(ExitCodes.BadConfiguration);
        second.Output.Split('\n').ShouldContain(line => line.StartsWith("BURQI_DATA_DIR is in use: ", StringComparison.Ordinal));
        (await first.Twilio.StatusOfAsync("/twilio/call-status", TwilioClient.CallStatus())).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Kill_BusInMemory_TheNextLifeRepeatsWhatWasAcknowledged()
    {
        var data = TestFolder.Create("host");
        await using (var process = await IngressProcess.StartAsync(data))
        {
            (await process.Twilio.StatusOfAsync("/twilio/call-status", TwilioClient.CallStatus())).ShouldBe(HttpStatusCode.NoContent);
            (await process.Twilio.StatusOfAsync("/twilio/recording-status", TwilioClient.RecordingStatus())).ShouldBe(HttpStatusCode.NoContent);
            await process.Child.KillAsync();
        }

        await using var host = await IngressHost.StartAsync(data);

        (await host.Events.WaitForAsync(2)).Select(message => message.GetType().Name).ShouldBe(["CallEnded", "ProviderRecordingReady"]);
    }
}
