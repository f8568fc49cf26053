using Burqi.Archiver;
using Burqi.Hosting;

return await ServiceHost.RunAsync(
    "archiver",
    args,
    builder => builder.AddArchiver(),
    bus => bus.AddArchiverConsumers(),
    app => app.MapArchiver());
