using System.Text;
using Burqi.Hosting.Options;
using Microsoft.Extensions.Configuration;

namespace Burqi.Hosting.Bus;

/// <summary>The bus's settings, read once before anything is registered: which transport there is decides what is registered.</summary>
internal sealed class BusOptions
{
    public const string BusName = "BURQI_BUS";
    public const string RabbitMqUrlName = "BURQI_RABBITMQ_URL";
    public const string QueuesName = "BURQI_BUS_QUEUES";
    public const string PublishTimeoutName = "BURQI_BUS_PUBLISH_SECONDS";
    public const string ProbeIntervalName = "BURQI_BUS_PROBE_SECONDS";
    public const string PatienceName = "BURQI_BUS_PATIENCE_SECONDS";

    /// <summary>The broker; null: the in-memory bus.</summary>
    public RabbitMqAddress? RabbitMq { get; private init; }

    /// <summary>
    /// The consumers' queues that must exist before their message is published, named <c>{service}-{message-in-kebab-case}</c>.
    /// A broker drops what it has no queue for, and tells the publisher only where no queue at all is bound: a service that
    /// has never run would miss what was published before its first start.
    /// </summary>
    public IReadOnlyList<string> Queues { get; private init; } = [];

    /// <summary>How long a publish may wait for the broker's confirmation: 10 s.</summary>
    public TimeSpan PublishTimeout { get; private init; }

    /// <summary>How often the broker is asked over a fresh connection: every 5 s.</summary>
    public TimeSpan ProbeInterval { get; private init; }

    /// <summary>
    /// How long the bus may stay stuck with the broker in reach before the process ends itself: 60 s. MassTransit waits up to 33 s
    /// before it tries to connect again, and the longer the more often it lost the broker.
    /// </summary>
    public TimeSpan Patience { get; private init; }

    public IReadOnlyList<string> Errors { get; private init; } = [];

    public static BusOptions Read(IConfiguration configuration)
    {
        var reader = new SettingReader(configuration);
        return new BusOptions
        {
            RabbitMq = ReadBroker(reader),
            Queues = reader.List(QueuesName),
            PublishTimeout = reader.Seconds(PublishTimeoutName, defaultValue: 10, minimum: 0.1, maximum: 60),
            ProbeInterval = reader.Seconds(ProbeIntervalName, defaultValue: 5, minimum: 0.1, maximum: 300),
            Patience = reader.Seconds(PatienceName, defaultValue: 60, minimum: 1, maximum: 3600),
            Errors = reader.Errors,
        };
    }

    /// <summary>The queues that must exist before a message of this type is published.</summary>
    public IReadOnlyList<string> QueuesFor(Type messageType)
    {
        if (Queues.Count == 0)
        {
            return [];
        }

        var message = Kebab(messageType.Name);
        return [.. Queues.Where(queue => queue.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash && queue.AsSpan(dash + 1).SequenceEqual(message))];
    }

    private static RabbitMqAddress? ReadBroker(SettingReader reader)
    {
        var transport = reader.Text(BusName)?.ToLowerInvariant() ?? "memory";
        var url = reader.Text(RabbitMqUrlName);
        switch (transport, url)
        {
            case ("memory", null):
                return null;
            case ("memory", _):
                reader.Fail($"{RabbitMqUrlName} is set, but {BusName} is memory: set {BusName} to rabbitmq, or leave {RabbitMqUrlName} out.");
                return null;
            case ("rabbitmq", null):
                reader.Fail($"{RabbitMqUrlName} is missing: with {BusName} set to rabbitmq it must name the broker, such as amqp://user:password@host:5672/vhost.");
                return null;
            case ("rabbitmq", _):
                var address = RabbitMqAddress.Parse(url);
                if (address is null)
                {
                    reader.Fail($"{RabbitMqUrlName} is not a usable address: it must read amqp://user:password@host:5672/vhost (amqps for TLS), with special characters of the password percent-encoded.");
                }

                return address;
            default:
                reader.Fail($"{BusName} is '{transport}': it must be memory or rabbitmq.");
                return null;
        }
    }

    private static string Kebab(string name)
    {
        var kebab = new StringBuilder(name.Length + 8);
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && kebab.Length > 0)
            {
                kebab.Append('-');
            }

            kebab.Append(char.ToLowerInvariant(letter));
        }

        return kebab.ToString();
    }
}
