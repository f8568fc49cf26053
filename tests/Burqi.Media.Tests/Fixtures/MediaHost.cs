using System.Text.Json;
using Burqi.Assistants;
using Burqi.Contracts.Assistants;
using Burqi.Contracts.Recordings;
using Burqi.Hosting;
using Burqi.Media.Spool;
using Burqi.Testing;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>Media as its host composes it, on a real port and a folder of its own; only the bus's door is replaced.</summary>
internal sealed class MediaHost : IAsyncDisposable
{
    public const string AuthToken = "0123456789abcdef0123456789abcdef";
    public const string AccountSid = "AC00000000000000000000000000000001";
    public const string PublicBaseUrl = "https://burqi.example.com";

    private readonly WebApplication _app;
    private readonly Task _stopped;

    private MediaHost(WebApplication app, Task stopped, string folder, PublishedMessages messages)
    {
        _app = app;
        _stopped = stopped;
        Folder = folder;
        Messages = messages;
    }

    public string Folder { get; }

    public PublishedMessages Messages { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address => new(_app.Urls.Single());

    public static Task<MediaHost> StartAsync(string? folder = null, params (string Name, string Value)[] settings) => StartAsync(null, folder, settings);

    /// <summary>A host that measures time by another clock than the machine's.</summary>
    public static async Task<MediaHost> StartAsync(TimeProvider? time, string? folder = null, params (string Name, string Value)[] settings)
    {
        // MassTransit keeps the log of the first bus of a flow for all later ones, also when that bus and its log are gone.
        LogContext.Current = null;
        folder ??= TestFolder.Create("media");
        var messages = new PublishedMessages();
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["environment"] = "Production",
            ["BURQI_URLS"] = "http://127.0.0.1:0",
            ["BURQI_RECORDINGS_DIR"] = folder,
            ["BURQI_DATA_DIR"] = TestFolder.Create("data"),
            ["TWILIO_AUTH_TOKEN"] = AuthToken,
            ["TWILIO_ACCOUNT_SID"] = AccountSid,
            ["CALLBACK_URI_HOST"] = PublicBaseUrl,
            ["BURQI_MEDIA_MIN_FREE_MIB"] = "1",

            // However full the disk of the machine is.
            ["BURQI_RECORDINGS_HIGH_WATER_PERCENT"] = "0",

            // Long enough for a test to connect again at once, and short for all the others that wait for the end of a broken stream.
            ["BURQI_MEDIA_RECONNECT_SECONDS"] = "0.5",
            ["Logging:LogLevel:Default"] = "Error",
            ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Error",
        };
        foreach (var (name, value) in settings)
        {
            values[name] = value;
        }

        var app = ServiceHost.Build(
            "media",
            [.. values.Select(setting => $"--{setting.Key}={setting.Value}")],
            builder =>
            {
                builder.AddMedia();
                builder.Services.Replace(ServiceDescriptor.Singleton<IPublishEndpoint>(messages));
                if (time is not null)
                {
                    builder.Services.Replace(ServiceDescriptor.Singleton(time));
                }
            },
            bus => bus.AddMediaConsumers(),
            routes => routes.MapMedia());
        await app.StartAsync();
        return new MediaHost(app, app.WaitForShutdownAsync(), folder, messages);
    }

    /// <summary>An assistant as catalog tells it, recorded as WAV.</summary>
    public void Know(string assistantId, Uri? mediaUrl, Func<AssistantSaved, AssistantSaved>? change = null)
    {
        var saved = new AssistantSaved
        {
            AssistantId = assistantId,
            Version = 1,
            MediaUrl = mediaUrl?.ToString(),
            Enabled = true,
            Format = "wav",
            SampleRate = 8000,
            Channels = 1,
            RecordUserAudio = true,
            RecordAssistantAudio = true,
            RecordMixedAudio = true,
            AutoSave = true,
            RecordingsDir = "recordings",
            CreateDatabaseRecords = true,
            SavedAt = DateTimeOffset.UtcNow,
        };
        Services.GetRequiredService<AssistantDirectory>().Apply(change?.Invoke(saved) ?? saved);
    }

    public HttpClient CreateClient() => new() { BaseAddress = Address };

    /// <summary>Waits until everything of a stream is final and announced, and returns its manifest.</summary>
    public async Task<RecordingManifest> AnnouncedAsync(string callSid, string? streamSid = null) =>
        await Eventually.ReturnsAsync(() => Task.FromResult(
            Manifests(callSid).FirstOrDefault(m => m.State == ManifestStates.Announced && (streamSid is null || m.StreamId == streamSid))));

    public IEnumerable<RecordingManifest> Manifests(string callSid)
    {
        var folder = Path.Combine(Folder, callSid);
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "manifest_*.json").Select(path => JsonSerializer.Deserialize(File.ReadAllBytes(path), ManifestJsonContext.Default.RecordingManifest)!)
            : [];
    }

    public Wav Read(RecordingManifest manifest, string recordingType) =>
        Wav.Read(Path.Combine(Folder, manifest.CallId, manifest.Recordings.Single(r => r.RecordingType == recordingType).File));

    public (short[] User, short[] Assistant, short[] Mixed) Tracks(RecordingManifest manifest) => (
        Read(manifest, RecordingTypes.User).Samples,
        Read(manifest, RecordingTypes.Assistant).Samples,
        Read(manifest, RecordingTypes.Mixed).Samples);

    /// <summary>Stops in good order, once; a test that has stopped it already waits for the end of that.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stopped.IsCompleted)
        {
            _app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            await _stopped;
        }

        await _app.DisposeAsync();
    }
}
