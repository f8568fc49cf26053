using System.Text;
using Burqi.Catalog.Assistants.Announce;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts.Assistants;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Burqi.Catalog.Tests.Assistants;

public sealed class AnnounceTests(CatalogHost catalog)
{
    private readonly string _id = $"assistant-{Guid.NewGuid():N}";

    [Fact]
    public async Task Change_OfAnAssistant_IsToldWithAllItsSettings()
    {
        await using var news = await AssistantNewsCapture.StartAsync(catalog);

        await PutAsync(
            """
            {"media_url":"wss://agent.example.com","twilio_credentials":"second","delete_at_provider_after_days":30,
             "recording_settings":{"enabled":true,"format":"wav","sample_rate":24000,"channels":2,"record_user_audio":false,"record_assistant_audio":false,
              "record_mixed_audio":false,"auto_save":false,"recordings_dir":"a/b","create_database_records":false}}
            """);

        await Eventually.BecomesTrueAsync(() => news.Saved(_id).Length > 0);
        var saved = news.Saved(_id)[0];
        saved.ShouldBe(new AssistantSaved
        {
            AssistantId = _id,
            Version = saved.Version,
            MediaUrl = "wss://agent.example.com",
            Enabled = true,
            Format = "wav",
            SampleRate = 24000,
            Channels = 2,
            RecordUserAudio = false,
            RecordAssistantAudio = false,
            RecordMixedAudio = false,
            AutoSave = false,
            RecordingsDir = "a/b",
            CreateDatabaseRecords = false,
            TwilioCredentials = "second",
            DeleteAtProviderAfterDays = 30,
            SavedAt = saved.SavedAt,
        });

        using var deleted = await catalog.Client.DeleteAsync(new Uri($"/assistants/{_id}", UriKind.Relative));
        await Eventually.BecomesTrueAsync(() => news.Deleted(_id).Length > 0);
        news.Deleted(_id)[0].Version.ShouldBeGreaterThan(saved.Version);
    }

    [Fact]
    public async Task AssistantsWanted_ByANode_EverythingIsToldAgainDeletedOnesToo()
    {
        var gone = _id + "-gone";
        await PutAsync("{}");
        await PutAsync("{}", gone);
        using var deleted = await catalog.Client.DeleteAsync(new Uri($"/assistants/{gone}", UriKind.Relative));
        await Eventually.BecomesTrueAsync(async () => await DueAsync(_id) == 0 && await DueAsync(gone) == 0);

        await using var node = await AssistantNewsCapture.StartAsync(catalog);
        await catalog.TellAsync(new AssistantsWanted { Node = "media-1", WantedAt = DateTimeOffset.UtcNow });

        await Eventually.BecomesTrueAsync(() => node.Saved(_id).Length == 1 && node.Deleted(gone).Length == 1);
        await Eventually.BecomesTrueAsync(async () => await DueAsync(_id) == 0);
    }

    [Fact]
    public async Task Change_WhileTheBusIsAway_IsToldOnceItIsBackInTheLastVersion()
    {
        await using var cut = new CutOffHost();
        await cut.InitializeAsync();
        await using var news = await AssistantNewsCapture.StartAsync(cut);
        cut.Bus.IsAway = true;
        await PutAsync("""{"media_url":"wss://first.example.com"}""", host: cut);
        await Eventually.BecomesTrueAsync(() => cut.Bus.Refused > 0);
        await PutAsync("""{"media_url":"wss://second.example.com"}""", host: cut);
        news.Saved(_id).ShouldBeEmpty();

        cut.Bus.IsAway = false;

        await Eventually.BecomesTrueAsync(() => news.Saved(_id).Any(saved => saved.MediaUrl == "wss://second.example.com"));
        news.Saved(_id).ShouldAllBe(saved => saved.MediaUrl == "wss://second.example.com");
    }

    [Fact]
    public async Task Confirm_OfWhatWasToldBeforeSomebodyAskedAgain_LeavesItDue()
    {
        await using var quiet = new CutOffHost();
        await quiet.InitializeAsync();
        quiet.Bus.IsAway = true;
        await PutAsync("{}", host: quiet);
        var told = await quiet.Services.GetRequiredService<AnnouncementsQuery>().ExecuteAsync(10, CancellationToken.None);
        await quiet.Services.GetRequiredService<RepeatAnnouncementsCommand>().ExecuteAsync(CancellationToken.None);

        await quiet.Services.GetRequiredService<ConfirmAnnouncementsCommand>().ExecuteAsync(told, CancellationToken.None);

        (await quiet.Services.GetRequiredService<AnnouncementsQuery>().ExecuteAsync(10, CancellationToken.None)).Count.ShouldBe(1);
    }

    private async Task PutAsync(string body, string? id = null, CatalogHost? host = null)
    {
        using var answer = await (host ?? catalog).Client.PutAsync(
            new Uri($"/assistants/{id ?? _id}", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
    }

    private async Task<long> DueAsync(string id)
    {
        await using var command = catalog.Database.CreateCommand("select due - announced from catalog.assistants where id = $1");
        command.Parameters.AddWithValue(id);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Catalog with a switch before its way to the bus.</summary>
    private sealed class CutOffHost : CatalogHost
    {
        public BusSwitch Bus { get; } = new();

        protected override void ConfigureServices(IServiceCollection services)
        {
            var real = services.Last(service => service.ServiceType == typeof(IPublishEndpoint));
            services.Replace(ServiceDescriptor.Singleton(provider => Bus.Around((IPublishEndpoint)real.ImplementationFactory!(provider))));
        }
    }
}
