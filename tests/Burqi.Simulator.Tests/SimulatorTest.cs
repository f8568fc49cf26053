namespace Burqi.Simulator.Tests;

/// <summary>A customer and a Twilio for each test, the latter as fast as it goes.</summary>
public abstract class SimulatorTest : IAsyncLifetime
{
    private readonly List<TwilioSimulator> simulators = [];

    internal Customer Customer { get; private set; } = null!;

    internal TwilioSimulator Twilio { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        Customer = await Customer.StartAsync();
        Twilio = await StartTwilioAsync(static options => options);
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var simulator in simulators)
        {
            await simulator.DisposeAsync();
        }

        await Customer.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal async Task<TwilioSimulator> StartTwilioAsync(Func<TwilioSimulatorOptions, TwilioSimulatorOptions> change)
    {
        var simulator = await TwilioSimulator.StartAsync(change(new TwilioSimulatorOptions
        {
            AllowLoopback = true,
            Speed = double.PositiveInfinity,
            VoiceUrl = Customer.VoiceUrl,
            RetryPause = TimeSpan.FromMilliseconds(5),
            SocketTimeout = TimeSpan.FromSeconds(5),
        }));
        simulators.Add(simulator);
        return simulator;
    }
}
