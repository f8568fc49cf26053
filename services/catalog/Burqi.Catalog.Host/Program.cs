using Burqi.Catalog;
using Burqi.Hosting;

return await ServiceHost.RunAsync(
    "catalog",
    args,
    builder => builder.AddCatalog(),
    bus => bus.AddCatalogConsumers(),
    app => app.MapCatalog());
