// Shows Burqi at work: starts all-in-one, lets a simulated Twilio place one call with real speech, waits until everything recorded is
// archived, and says what there is, where it lies and how to hear it. Exit code 0 only when all of that is so.
using System.Diagnostics;
using System.Net.Http.Headers;
using Burqi.Demo;
using Burqi.Simulator;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;

const double Speed = 8;
// The provider's own file is there as a whole and as one file for each side.
string[] expected = ["assistant", "assistant", "mixed", "provider", "user", "user"];
var archiveLimit = TimeSpan.FromMinutes(2);
var callLimit = TimeSpan.FromMinutes(3);
var pause = TimeSpan.FromMilliseconds(100);
var clock = Stopwatch.StartNew();

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};

try
{
    await ShowAsync(DemoSettings.Read(), interrupted.Token);
    return 0;
}
catch (DemoFailedException failure)
{
    await Console.Error.WriteLineAsync($"The demo failed: {failure.Message}");
    return 1;
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    await Console.Error.WriteLineAsync("Interrupted.");
    return 130;
}

async Task ShowAsync(DemoSettings settings, CancellationToken cancellationToken)
{
#pragma warning disable RS0030 // One program, one server, one client: there is no factory to take it from.
    using var client = new HttpClient { BaseAddress = settings.BaseAddress };
#pragma warning restore RS0030
    client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", settings.ApiKey);
    var logFile = Path.Combine(settings.DataFolder, "demo.log");

    await using var twilio = await TwilioSimulator.StartAsync(
        new TwilioSimulatorOptions
        {
            AccountSid = settings.AccountSid,
            AuthToken = settings.AuthToken,
            Speed = Speed,
            AllowLoopback = true,
            KeepFrames = false,
        },
        cancellationToken);

    Say($"Starting all services in one process with a private PostgreSQL (log: {Shown(logFile)})");
    await using var allInOne = await AllInOne.StartAsync(settings, twilio.ApiBaseUrl, logFile, client, cancellationToken);
    Say($"Ready on {settings.BaseAddress}");

    var script = new CallScript
    {
        // The number's voice URL says whom its callers are put through to.
        VoiceUrl = new Uri(settings.BaseAddress, "twilio/voice?to=%2B14255550123").AbsoluteUri,
        StatusCallback = new Uri(settings.BaseAddress, "twilio/call-status").AbsoluteUri,
        Caller = AudioSource.Speech("caller"),
        Callee = AudioSource.Speech("callee"),
    };
    var seconds = script.Caller.Length.TotalSeconds;
    Say(Text($"A simulated Twilio places a call: two people, {seconds:0} s of speech, {Speed:0} times faster than real time"));
    var call = await PlaceAsync(twilio, script, cancellationToken);

    Say("The call is over; its recordings are being archived");
    var recordings = await WaitUntilCompletedAsync(new Catalog(client), call.CallSid, allInOne, logFile, cancellationToken);
    foreach (var recording in recordings)
    {
        if (!await new Catalog(client).PlaysWholeAsync(recording, cancellationToken))
        {
            throw new DemoFailedException($"What {Catalog.PlayPath(recording)} plays is not what was archived.");
        }
    }

    Say("Every recording was played to its end and is byte for byte what was archived");
    Report.Write(Console.Out, settings, call.CallSid, recordings);
}

async Task<SimulatedCall> PlaceAsync(TwilioSimulator twilio, CallScript script, CancellationToken cancellationToken)
{
    var call = twilio.StartCall(script);
    var placed = clock.Elapsed;
    while (!call.Completion.IsCompleted)
    {
        if (clock.Elapsed - placed > callLimit)
        {
            throw new DemoFailedException(Text($"The call was not over within {callLimit.TotalMinutes:0} minutes."));
        }

        await Task.WhenAny(call.Completion, Task.Delay(TimeSpan.FromSeconds(1), cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        Say(Text($"  {call.Status}, {call.Now.TotalSeconds:0} s into the call"));
    }

    if (call.Completion.IsFaulted || call.Errors.Count > 0 || call.Status != "completed")
    {
        var faults = call.Errors.Select(error => $"{error.Code} {error.Message}").Append(call.Completion.Exception?.InnerException?.Message).OfType<string>();
        throw new DemoFailedException($"The call ended as '{call.Status}', and Twilio would have reported: {string.Join("; ", faults)}.");
    }

    return call;
}

async Task<IReadOnlyList<Recording>> WaitUntilCompletedAsync(Catalog catalog, string callId, AllInOne allInOne, string logFile, CancellationToken cancellationToken)
{
    var began = clock.Elapsed;
    var shown = "";
    while (true)
    {
        allInOne.RequireRunning();
        var recordings = (await catalog.ListAsync(callId, cancellationToken)).OrderBy(recording => recording.RecordingType, StringComparer.Ordinal).ToList();
        var state = string.Join(", ", recordings.Select(recording => $"{recording.RecordingType} {recording.Status}"));
        if (state != shown)
        {
            Say($"  {state}");
            shown = state;
        }

        if (recordings.Select(recording => recording.RecordingType).SequenceEqual(expected) && recordings.All(recording => recording.Status == "completed"))
        {
            return recordings;
        }

        if (clock.Elapsed - began > archiveLimit)
        {
            throw new DemoFailedException(
                Text($"Within {archiveLimit.TotalMinutes:0} minutes the rows {string.Join(", ", expected)} were not all completed, but: {state}. The log is {Shown(logFile)}."));
        }

        await Task.Delay(pause, cancellationToken);
    }
}

void Say(string what) => Console.WriteLine(Text($"[{clock.Elapsed.TotalSeconds,5:0.0} s] {what}"));

static string Shown(string path) => Path.GetRelativePath(Directory.GetCurrentDirectory(), path);

static string Text(FormattableString text) => FormattableString.Invariant(text);
