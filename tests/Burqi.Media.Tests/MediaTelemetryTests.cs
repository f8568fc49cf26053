using System.Diagnostics.Metrics;
using Burqi.Media.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Media.Tests;

public sealed class MediaTelemetryTests
{
    [Fact]
    public async Task FreeDisk_IsMeasured()
    {
        await using var host = await MediaHost.StartAsync();
        var free = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "burqi.media.disk.free" && ReferenceEquals(instrument.Meter.Scope, host.Services.GetRequiredService<IMeterFactory>()))
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, amount, _, _) => free = amount);
        listener.Start();
        _ = host.Services.GetRequiredService<MediaTelemetry>();

        listener.RecordObservableInstruments();

        free.ShouldBeInRange(1, new DriveInfo(host.Folder).TotalSize);
    }
}
