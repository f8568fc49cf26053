using Burqi.Archiver;
using Burqi.Catalog;
using Burqi.Hosting;
using Burqi.Hosting.PrivatePostgres;
using Burqi.Ingress;
using Burqi.Media;

return await EmbeddedDatabase.RunAsync(args, arguments => ServiceHost.RunAsync(
    "all-in-one",
    arguments,
    builder =>
    {
        builder.AddIngress();
        builder.AddMedia();
        builder.AddArchiver();
        builder.AddCatalog();
    },
    bus =>
    {
        bus.AddIngressConsumers();
        bus.AddMediaConsumers();
        bus.AddArchiverConsumers();
        bus.AddCatalogConsumers();
    },
    app =>
    {
        app.MapIngress();
        app.MapMedia();
        app.MapArchiver();
        app.MapCatalog();
    }));
