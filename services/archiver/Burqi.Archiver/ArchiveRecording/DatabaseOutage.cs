using MassTransit;
using Npgsql;

namespace Burqi.Archiver.ArchiveRecording;

/// <summary>
/// While the database is away a message is held, not sent to the error queue: there is nothing wrong with it, and on the in-memory bus
/// nobody would send it again. Held for less than RabbitMQ's half hour for an acknowledgement; after that it is delivered anew.
/// </summary>
internal static class DatabaseOutage
{
    private const int Attempts = 600;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public static void Wait(IRetryConfigurator retry)
    {
        retry.Handle<NpgsqlException>(exception => exception.IsTransient);
        retry.Interval(Attempts, Interval);
    }
}
