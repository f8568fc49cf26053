using System.Collections.Concurrent;
using System.Globalization;
using Burqi.Simulator.Calls;
using Burqi.Simulator.Recordings;
using Burqi.Simulator.Rest;
using Burqi.Simulator.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Burqi.Simulator;

/// <summary>
/// Twilio in one process: places calls to a voice URL, obeys the TwiML it is given, streams media, posts callbacks, and serves the REST API
/// on a loopback port. Strict about what it is given and exact about what it sends; it shares no code with the product.
/// </summary>
/// <example>
/// <code>
/// await using var twilio = await TwilioSimulator.StartAsync(new() { AllowLoopback = true, Speed = double.PositiveInfinity });
/// var call = await twilio.PlaceCallAsync(new() { VoiceUrl = "http://127.0.0.1:8000/twilio/voice", Caller = AudioSource.Speech("caller") });
/// </code>
/// </example>
public sealed class TwilioSimulator : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly PublicRoutes routes = new();
    private readonly RecordingLibrary library = new();
    private readonly RestFaults faults = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<string, (SimulatedCall Call, CallRunner Runner)> calls = new(StringComparer.Ordinal);
    private WebhookSender? sender;
    private int callCount;
    private long lastRequest;
    private int disposed;

    private TwilioSimulator(TwilioSimulatorOptions options, WebApplication app)
    {
        Options = options;
        this.app = app;
    }

    /// <summary>What it was started with.</summary>
    public TwilioSimulatorOptions Options { get; private set; }

    /// <summary>The REST API's base, without a path: what <c>TWILIO_API_BASE_URL</c> is set to.</summary>
    public string ApiBaseUrl => Options.ApiBaseUrl;

    /// <summary>All calls so far, in the order placed.</summary>
    public IReadOnlyList<SimulatedCall> Calls => [.. calls.Values.Select(c => c.Call).OrderBy(c => c.StartedAt)];

    /// <summary>Starts it: the REST API answers when this returns.</summary>
    public static async Task<TwilioSimulator> StartAsync(TwilioSimulatorOptions options, CancellationToken cancellationToken = default)
    {
        if (!(options.Speed > 0))
        {
            throw new ArgumentException("The speed is a positive number.", nameof(options));
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{options.Port}");
        var simulator = new TwilioSimulator(options, builder.Build());
        simulator.app.Use((context, next) =>
        {
            // By its own clock, which a test may set otherwise than the machine's.
            context.Response.Headers.Date = options.TimeProvider.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
            return next(context);
        });
        new RestApi(simulator, simulator.library, simulator.faults).Map(simulator.app);
        await simulator.app.StartAsync(cancellationToken);
        var address = simulator.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        simulator.Options = options with { ApiBaseUrl = address };
        simulator.sender = new WebhookSender(simulator.Options, simulator.routes);
        return simulator;
    }

    /// <summary>
    /// Says where a public address leads: requests and sockets for <paramref name="publicPrefix"/> (<c>https://burqi.example.com</c>,
    /// perhaps with a path) go to <paramref name="target"/> (<c>http://127.0.0.1:8000</c>), as through a proxy that ends TLS; or <c>https://…</c>, a proxy that does. The longest
    /// prefix that fits is taken; the same prefix given again replaces what it led to.
    /// </summary>
    public void Route(string publicPrefix, string target) => routes.Add(publicPrefix, target);

    /// <summary>Lets the REST API fail.</summary>
    public void Fail(RestFault fault) => faults.Add(fault);

    /// <summary>Places a call and returns at once; the call goes on by itself.</summary>
    public SimulatedCall StartCall(CallScript script)
    {
        if ((script.VoiceUrl ?? Options.VoiceUrl) is null)
        {
            throw new ArgumentException("Neither the script nor the options name a voice URL.", nameof(script));
        }

        var call = new SimulatedCall(Sid.Call(), script, Options.TimeProvider.GetUtcNow());
        // Each call has its own luck, the same in every run.
        var seed = unchecked((Options.Seed * 1_000_003) + (Interlocked.Increment(ref callCount) * 7919));
        var runner = new CallRunner(Options, routes, sender!, library, call, seed, stopping.Token);
        calls[call.CallSid] = (call, runner);
        call.Completion = Task.Run(runner.RunAsync);
        return call;
    }

    /// <summary>Places a call and waits until all of it is over, the last callback included.</summary>
    /// <exception cref="Twiml.TwimlException">The call was given TwiML that is not acceptable.</exception>
    public async Task<SimulatedCall> PlaceCallAsync(CallScript script)
    {
        var call = StartCall(script);
        await call.Completion;
        return call;
    }

    /// <summary>
    /// Waits until the media of every completed recording was fetched whole, or the recording deleted, and no request has come for
    /// <paramref name="quietFor"/> since; false when <paramref name="limit"/> runs out before.
    /// </summary>
    public async Task<bool> WaitUntilFetchedAsync(TimeSpan limit, TimeSpan quietFor, CancellationToken cancellationToken = default)
    {
        var started = Options.TimeProvider.GetTimestamp();
        while (Options.TimeProvider.GetElapsedTime(started) < limit)
        {
            if (library.All().All(r => r.Status is "absent" or "deleted" || r.WholeDownloads > 0)
                && Options.TimeProvider.GetElapsedTime(Math.Max(started, Interlocked.Read(ref lastRequest))) >= quietFor)
            {
                return true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), Options.TimeProvider, cancellationToken);
        }

        return false;
    }

    /// <summary>Ends every call where it stands and stops the REST API.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await stopping.CancelAsync();
        foreach (var (call, runner) in calls.Values)
        {
            await call.Completion.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await runner.DisposeAsync();
        }

        await app.DisposeAsync();
        sender?.Dispose();
        stopping.Dispose();
    }

    internal (SimulatedCall Call, CallRunner Runner)? FindCall(string callSid) =>
        calls.TryGetValue(callSid, out var found) ? found : null;

    internal void CountRequest() => Interlocked.Exchange(ref lastRequest, Options.TimeProvider.GetTimestamp());
}
