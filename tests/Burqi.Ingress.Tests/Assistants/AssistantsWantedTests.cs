using Burqi.Assistants;
using Burqi.Contracts.Assistants;
using Burqi.Ingress.Tests.SharedSource;
using Burqi.Ingress.Tests.Support;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Ingress.Tests.Assistants;

public sealed class AssistantsWantedTests
{
    [Fact]
    public async Task Start_OfAProcess_AsksForTheAssistants()
    {
        await using var host = await IngressHost.StartAsync();

        await Eventually.BecomesTrueAsync(() => host.Logs.Count(2305) > 0);
    }

    [Fact]
    public async Task Question_BusAway_IsRepeatedUntilItIsTaken()
    {
        await using var host = await IngressHost.StartAsync();
        await Eventually.BecomesTrueAsync(() => host.Logs.Count(2305) > 0);
        var asked = 0;
        var catalog = host.Services.GetRequiredService<IBusControl>().ConnectReceiveEndpoint("tests-assistants-wanted", endpoint => endpoint.Handler<AssistantsWanted>(_ =>
        {
            Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        }));
        await catalog.Ready;

        // Its own coming up rings as well: what that asked may have been heard already, what is asked from here on is not.
        host.Bus.State = BusState.Down;
        host.Services.GetRequiredService<AssistantsBell>().Ring();
        await Eventually.BecomesTrueAsync(() => host.Logs.Count(2306) > 0);
        var before = Volatile.Read(ref asked);
        host.Bus.State = BusState.Up;

        await Eventually.BecomesTrueAsync(() => Volatile.Read(ref asked) > before);
    }

    [Fact]
    public async Task Answer_ThatCannotBeWrittenDown_IsKnownAllTheSame()
    {
        await using var host = await IngressHost.StartAsync();
        var folder = Path.Combine(host.DataDirectory, "assistants");
        Directory.Delete(folder, recursive: true);
        await File.WriteAllTextAsync(folder, "a file where the folder was");

        await host.Services.GetRequiredService<IBus>().Publish(AssistantDirectoryTests.Saved("front-desk", 1));

        await Eventually.BecomesTrueAsync(() => host.Services.GetRequiredService<AssistantDirectory>().Find("front-desk") is not null && host.Logs.Count(2303) == 1);
    }

    [Fact]
    public async Task Answer_AboutNoAssistant_IsRefused()
    {
        await using var host = await IngressHost.StartAsync();

        await host.Services.GetRequiredService<IBus>().Publish(AssistantDirectoryTests.Saved("../x", 1));

        await Eventually.BecomesTrueAsync(() => host.Logs.Count(2304) == 1);
    }
}
