using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Tests.Support;

/// <summary>Every line that was logged, with its category, event id, exception and scopes.</summary>
internal sealed class CapturedLogs : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ConcurrentQueue<(string Category, EventId Id, LogLevel Level, string Text)> Lines { get; } = new();

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public int Count(int eventId) => Lines.Count(line => line.Id.Id == eventId);

    public void Dispose()
    {
    }

    private sealed class Logger(CapturedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logs._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception) + exception;
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                text += string.Concat(values.Select(value => $" [{value.Key}={value.Value}]"));
            }

            logs._scopes.ForEachScope((scope, _) => text += $" ({scope})", 0);
            logs.Lines.Enqueue((category, eventId, logLevel, text));
        }
    }
}
