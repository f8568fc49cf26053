using Burqi.Assistants;
using Burqi.Contracts.Assistants;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Media.Tests.Assistants;

public sealed class AssistantsTests
{
    [Fact]
    public async Task Saved_ToldOverTheBus_IsKnownAlsoToTheNextProcess()
    {
        var data = TestFolder.Create("data");
        var saved = new AssistantSaved
        {
            AssistantId = "front-desk",
            Version = 1,
            MediaUrl = "wss://agent.example.com",
            Enabled = true,
            Format = "wav",
            SampleRate = 16000,
            Channels = 2,
            RecordUserAudio = true,
            RecordAssistantAudio = false,
            RecordMixedAudio = true,
            AutoSave = true,
            RecordingsDir = "recordings",
            CreateDatabaseRecords = true,
            SavedAt = DateTimeOffset.UnixEpoch,
        };
        await using (var host = await MediaHost.StartAsync(null, ("BURQI_DATA_DIR", data)))
        {
            await host.Services.GetRequiredService<IBus>().Publish(saved);
            await Eventually.BecomesTrueAsync(() => Find(host) == saved);
        }

        await using var next = await MediaHost.StartAsync(null, ("BURQI_DATA_DIR", data));
        Find(next).ShouldBe(saved);
        await next.Services.GetRequiredService<IBus>().Publish(new AssistantDeleted { AssistantId = "front-desk", Version = 2, DeletedAt = DateTimeOffset.UnixEpoch });
        await Eventually.BecomesTrueAsync(() => Find(next) is null);
    }

    [Fact]
    public async Task Folder_ThatCannotBeUsed_CostsNoStart()
    {
        var file = Path.Combine(TestFolder.Create("data"), "file");
        await File.WriteAllTextAsync(file, "");

        await using var host = await MediaHost.StartAsync(null, ("BURQI_DATA_DIR", file));

        host.Services.GetRequiredService<AssistantDirectory>().Trouble.ShouldNotBeNull();
    }

    private static AssistantSaved? Find(MediaHost host) => host.Services.GetRequiredService<AssistantDirectory>().Find("front-desk");
}
