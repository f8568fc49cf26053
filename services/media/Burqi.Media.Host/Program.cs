using Burqi.Hosting;
using Burqi.Media;

return await ServiceHost.RunAsync(
    "media",
    args,
    builder => builder.AddMedia(),
    bus => bus.AddMediaConsumers(),
    app => app.MapMedia());
