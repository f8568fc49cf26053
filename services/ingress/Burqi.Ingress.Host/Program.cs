using Burqi.Hosting;
using Burqi.Ingress;

return await ServiceHost.RunAsync(
    "ingress",
    args,
    builder => builder.AddIngress(),
    bus => bus.AddIngressConsumers(),
    app => app.MapIngress());
