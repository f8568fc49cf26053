using System.Text;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.Tests.Support;

/// <summary>Everything that was logged, exceptions in full.</summary>
internal sealed class CapturedLogs : ILoggerProvider, ILogger
{
    private readonly StringBuilder _text = new();

    public string Text
    {
        get
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_text)
        {
            _text.Append(formatter(state, exception)).Append(' ').Append(exception).AppendLine();
        }
    }

    public void Dispose()
    {
    }
}
