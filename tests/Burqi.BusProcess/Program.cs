// A service as small as one can be, in a process of its own that tests may wedge, kill and count: it publishes the numbers it is given
// until each is confirmed, and notes the numbers it consumes.
using Burqi.BusProcess;
using Burqi.Hosting;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

return await ServiceHost.RunAsync(
    "busprocess",
    args,
    builder =>
    {
        builder.Services.AddSingleton<NumberOutbox>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<NumberOutbox>());
        builder.Services.AddSingleton(new ConsumedNumbers(builder.Configuration["BUSPROCESS_CONSUMED"]));
        builder.Services.AddHostedService<StopThatHangs>();
        builder.Services.AddSingleton<IValidateOptions<BusProcessOptions>, BusProcessOptionsValidator>();
        builder.Services.AddOptions<BusProcessOptions>()
            .Configure<Microsoft.Extensions.Configuration.IConfiguration>((options, configuration) =>
                options.HangOnStop = configuration["BUSPROCESS_HANG_ON_STOP"])
            .ValidateOnStart();
    },
    bus => bus.AddConsumer<NumberConsumer, NumberConsumerDefinition>(),
    app => app.MapNumbers());
