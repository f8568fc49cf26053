using System.Net;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;
using Polly.Retry;
using Polly.Timeout;

namespace Burqi.Archiver.Sources;

/// <summary>
/// The seconds' worth of patience for a download: total timeout, then retry, then breaker, then the attempt's own timeout. How many run
/// at once is limited by the workers, so there is no limiter in front. It ends when the headers are here; the body has a timeout of its own.
/// </summary>
internal sealed class RetryingDownloadHandler(DownloadPipelines pipelines) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await pipelines.For(request.RequestUri!).ExecuteAsync(
            static async (state, token) => await state.Handler.SendOnceAsync(state.Request, token),
            (Handler: this, Request: request),
            cancellationToken);

    private Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.SendAsync(request, cancellationToken);
}

/// <summary>One pipeline per host, so that one that is down breaks the way to itself alone.</summary>
internal sealed class DownloadPipelines : IAsyncDisposable
{
    private static readonly TimeSpan BreakerSampling = TimeSpan.FromSeconds(30);

    // Whoever asks for more is asked again all the same: a recording must not be given up over one odd header.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly ResiliencePipelineRegistry<string> _registry = new();
    private readonly DownloadOptions _options;
    private readonly TimeProvider _clock;

    public DownloadPipelines(IOptions<DownloadOptions> options, TimeProvider clock) => (_options, _clock) = (options.Value, clock);

    public ResiliencePipeline<HttpResponseMessage> For(Uri uri) =>
        _registry.GetOrAddPipeline<HttpResponseMessage>(uri.Authority, builder => Build(builder));

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    /// <summary>What the answer asks us to wait, an hour at most; null where it asks for nothing.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage? response, TimeProvider clock)
    {
        var asked = response?.Headers.RetryAfter;
        var wait = asked?.Delta ?? asked?.Date - clock.GetUtcNow();
        return wait > LongestWait ? LongestWait : wait > TimeSpan.Zero ? wait : null;
    }

    private void Build(ResiliencePipelineBuilder<HttpResponseMessage> builder)
    {
        builder.TimeProvider = _clock;
        builder
            .AddTimeout(_options.TotalTimeout)
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = arguments => ValueTask.FromResult(
                    IsPassing(arguments.Outcome)
                    && arguments.Outcome.Exception is not BrokenCircuitException
                    && !(RetryAfter(arguments.Outcome.Result, _clock) > _options.LongestRetryAfter)),
                MaxRetryAttempts = _options.Retries,
                Delay = _options.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                DelayGenerator = arguments => ValueTask.FromResult(RetryAfter(arguments.Outcome.Result, _clock)),
                OnRetry = arguments =>
                {
                    arguments.Outcome.Result?.Dispose();
                    return default;
                },
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                // Too many requests is an answer of a host that is well.
                ShouldHandle = arguments => ValueTask.FromResult(
                    IsPassing(arguments.Outcome) && arguments.Outcome.Result?.StatusCode != HttpStatusCode.TooManyRequests),
                FailureRatio = 0.5,
                MinimumThroughput = _options.BreakerThroughput,
                SamplingDuration = BreakerSampling,
                BreakDuration = _options.BreakDuration,
            })
            .AddTimeout(_options.AttemptTimeout);
    }

    private static bool IsPassing(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result.StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError } => true,
        _ => false,
    };
}
