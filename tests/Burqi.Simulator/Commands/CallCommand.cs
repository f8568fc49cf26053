using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;

namespace Burqi.Simulator.Commands;

/// <summary><c>call</c>: places calls, shows how they go, and says what came of them.</summary>
internal sealed class CallCommand
{
    private const int AllWell = 0;
    private const int SomethingFailed = 1;
    private const int NotFetched = 2;
    private const int Interrupted = 130;

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);

    // An archiver may still ask for metadata, or delete, after it has the media.
    private static readonly TimeSpan QuietAfterFetch = TimeSpan.FromSeconds(2);

    private readonly AccountOptions account = new();

    private readonly Option<string> voiceUrl = new("--voice-url") { Description = "Where the number asks for TwiML.", Required = true };

    private readonly Option<string?> statusCallback = new("--status-callback") { Description = "Where the number posts that a call has completed; default: nowhere." };

    private readonly Option<string[]> route = new("--route")
    {
        Description = "PUBLIC=LOCAL, such as https://burqi.example.com=http://127.0.0.1:8000: where a public address leads. May be given several times.",
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<double> speed = new("--speed")
    {
        Description = "How many times faster than real time; 'max' for as fast as the receiver takes it.",
        CustomParser = SimulatorCommand.ParseSpeed,
        DefaultValueFactory = static _ => 1,
    };

    private readonly Option<int> calls = Count("--calls", "How many calls are placed.");

    private readonly Option<int> concurrency = Count("--concurrency", "How many of them at a time.");

    private readonly Option<string> caller = Audio("--caller", "What the caller says: 'speech', 'tone', 'pattern' or a raw 8 kHz mu-law file.");

    private readonly Option<string> callee = Audio("--callee", "What the dialled party says: as for --caller.");

    private readonly Option<double?> talkFor = new("--talk-for") { Description = "Seconds of call time the conversation lasts; default: until all was said." };

    private readonly Option<string> from = new("--from") { Description = "The caller's number.", DefaultValueFactory = static _ => new CallScript().From };

    private readonly Option<string> to = new("--to") { Description = "The number called.", DefaultValueFactory = static _ => new CallScript().To };

    private readonly Option<int> seed = new("--seed") { Description = "What random faults are drawn from.", DefaultValueFactory = static _ => 1 };

    private readonly Option<double> duplicated = Rate("--duplicated", "Share of media frames sent twice.");

    private readonly Option<double> reordered = Rate("--reordered", "Share of media frames sent after their successor.");

    private readonly Option<double> lost = Rate("--lost", "Share of media frames that are never sent.");

    private readonly Option<double> jittered = Rate("--jittered", "Share of media frames that stall the stream, by up to 240 ms of call time.");

    private readonly Option<double?> diesAt = new("--dies-at") { Description = "Seconds of call time after which the media sockets die without a stop." };

    private readonly Option<double> fetchLimit = new("--serve-until-fetched")
    {
        Description = "Seconds to keep the REST API up after the calls, until every finished recording was fetched whole (or deleted) and 2 s passed without a request; 0 ends at once.",
        DefaultValueFactory = static _ => 0,
    };

    private readonly Option<FileInfo?> json = new("--json") { Description = "Writes the summary to this file as JSON." };

    private readonly Option<DirectoryInfo?> saveAudio = new("--save-audio")
    {
        Description = "Writes what was sent to this folder, for comparison: CALLSID/inbound.ulaw and outbound.ulaw, each frame where its timestamp puts it (of the call's first stream).",
    };

    public static Command Create()
    {
        var call = new CallCommand();
        var command = new Command(
            "call",
            "Places calls to a voice URL and obeys the TwiML it answers. Exit code 0: all calls went well; 1: one did not; 2: a recording was not fetched in time.");
        call.account.AddTo(command);
        foreach (var option in new Option[]
        {
            call.voiceUrl, call.statusCallback, call.route, call.speed, call.calls, call.concurrency, call.caller, call.callee, call.talkFor, call.from, call.to,
            call.seed, call.duplicated, call.reordered, call.lost, call.jittered, call.diesAt, call.fetchLimit, call.json, call.saveAudio,
        })
        {
            command.Options.Add(option);
        }

        call.route.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.Split('=') is not [_, _]))
            {
                result.AddError($"--route '{token.Value}' is not PUBLIC=LOCAL.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await call.RunAsync(parsed, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return Interrupted;
            }
        });
        return command;
    }

    private static Option<double> Rate(string name, string description)
    {
        var option = new Option<double>(name) { Description = description + " From 0 to 1.", DefaultValueFactory = static _ => 0 };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= 1))
            {
                result.AddError($"{name} is a number from 0 to 1.");
            }
        });
        return option;
    }

    private static Option<int> Count(string name, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = static _ => 1 };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} is at least 1.");
            }
        });
        return option;
    }

    private static Option<string> Audio(string name, string description)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = static _ => "speech" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is var what && what is not ("speech" or "tone" or "pattern") && !File.Exists(what))
            {
                result.AddError($"{name} '{what}' is neither speech, tone nor pattern, and there is no such file.");
            }
        });
        return option;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = parsed.InvocationConfiguration.Output;
        var audioFolder = parsed.GetValue(saveAudio);
        var options = account.Read(parsed) with
        {
            Speed = parsed.GetValue(speed),
            Seed = parsed.GetValue(seed),
            StatusCallback = parsed.GetValue(statusCallback),
            KeepFrames = audioFolder is not null,
        };
        await using var twilio = await TwilioSimulator.StartAsync(options, cancellationToken);
        foreach (var given in parsed.GetValue(route)!)
        {
            var equals = given.IndexOf('=', StringComparison.Ordinal);
            twilio.Route(given[..equals], given[(equals + 1)..]);
        }

        await output.WriteLineAsync($"Twilio's REST API is simulated at {twilio.ApiBaseUrl}.");
        var script = ReadScript(parsed);
        var started = Stopwatch.GetTimestamp();
        var refusals = await PlaceAsync(parsed, twilio, script, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);

        var fetched = true;
        var limit = TimeSpan.FromSeconds(parsed.GetValue(fetchLimit));
        if (limit > TimeSpan.Zero)
        {
            await output.WriteLineAsync("Waiting for the recordings to be fetched.");
            fetched = await twilio.WaitUntilFetchedAsync(limit, QuietAfterFetch, cancellationToken);
        }

        var summary = CallSummary.Create(twilio, refusals, elapsed);
        await output.WriteAsync(summary.ToText());
        if (parsed.GetValue(json) is { } file)
        {
            await File.WriteAllTextAsync(file.FullName, summary.ToJson(), cancellationToken);
        }

        if (audioFolder is not null)
        {
            SaveAudio(twilio, audioFolder);
        }

        if (!fetched)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"Not every recording was fetched within {limit.TotalSeconds:0} s.");
        }

        return !summary.AllWell ? SomethingFailed : fetched ? AllWell : NotFetched;
    }

    private CallScript ReadScript(ParseResult parsed) => new()
    {
        VoiceUrl = parsed.GetValue(voiceUrl),
        From = parsed.GetValue(from)!,
        To = parsed.GetValue(to)!,
        Caller = ReadAudio(parsed.GetValue(caller)!, "caller", 1),
        Callee = ReadAudio(parsed.GetValue(callee)!, "callee", 2),
        TalkFor = parsed.GetValue(talkFor) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Media = new MediaFaults
        {
            Duplicated = parsed.GetValue(duplicated),
            Reordered = parsed.GetValue(reordered),
            Lost = parsed.GetValue(lost),
            Jittered = parsed.GetValue(jittered),
            DiesAt = parsed.GetValue(diesAt) is { } at ? TimeSpan.FromSeconds(at) : null,
        },
    };

    private static AudioSource ReadAudio(string what, string voice, int which) => what switch
    {
        "speech" => AudioSource.Speech(voice),
        "tone" => AudioSource.Tone(220 * (which + 1), TimeSpan.FromSeconds(30)),
        "pattern" => AudioSource.Pattern(which, TimeSpan.FromSeconds(30)),
        var path => AudioSource.FromFile(path),
    };

    /// <summary>Places the calls; returns, by call, why its TwiML was refused.</summary>
    private async Task<IReadOnlyDictionary<string, string>> PlaceAsync(
        ParseResult parsed, TwilioSimulator twilio, CallScript script, CancellationToken cancellationToken)
    {
        var output = parsed.InvocationConfiguration.Output;
        var wanted = parsed.GetValue(calls);
        var running = new List<SimulatedCall>();
        var refusals = new Dictionary<string, string>(StringComparer.Ordinal);
        var placed = 0;
        var over = 0;
        var showAgain = Task.Delay(ProgressEvery, cancellationToken);
        while (over < wanted)
        {
            while (placed < wanted && running.Count < parsed.GetValue(concurrency))
            {
                running.Add(twilio.StartCall(script));
                placed++;
            }

            await Task.WhenAny([showAgain, .. running.Select(c => c.Completion)]);
            cancellationToken.ThrowIfCancellationRequested();
            if (showAgain.IsCompleted)
            {
                var shown = wanted == 1
                    ? $"{running.FirstOrDefault()?.CallSid} {running.FirstOrDefault()?.Status}, {running.FirstOrDefault()?.Now.TotalSeconds:0} s of call time"
                    : $"{placed} calls placed, {running.Count} running, {over} over";
                await output.WriteLineAsync(shown.ToString(CultureInfo.InvariantCulture));
                showAgain = Task.Delay(ProgressEvery, cancellationToken);
            }

            foreach (var ended in running.Where(c => c.Completion.IsCompleted).ToList())
            {
                running.Remove(ended);
                over++;
                if (ended.Completion.Exception?.InnerException is { } failure)
                {
                    refusals[ended.CallSid] = failure.Message;
                }
            }
        }

        return refusals;
    }

    private static void SaveAudio(TwilioSimulator twilio, DirectoryInfo folder)
    {
        foreach (var call in twilio.Calls.Where(c => c.Streams.Count > 0))
        {
            var stream = call.Streams[0];
            var own = folder.CreateSubdirectory(call.CallSid);
            foreach (var track in stream.Tracks)
            {
                File.WriteAllBytes(Path.Combine(own.FullName, track + ".ulaw"), stream.Timeline(track));
            }
        }
    }
}
