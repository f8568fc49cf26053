using Burqi.Hosting;
using Burqi.Media;

// The threads that wait for sockets run what was waiting for them, instead of waking another thread for each frame: no code of this process
// blocks there. The framework takes this from its environment alone, before the first socket; an operator's own value stands.
const string inlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
Environment.SetEnvironmentVariable(inlineCompletions, Environment.GetEnvironmentVariable(inlineCompletions) ?? "1");

return await ServiceHost.RunAsync(
    "media",
    args,
    builder => builder.AddMedia(),
    bus => bus.AddMediaConsumers(),
    app => app.MapMedia());
