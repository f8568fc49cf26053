// A process to be killed: it starts a private PostgreSQL on the folder it is given, says where it listens, and waits for its end.
using Burqi.Hosting.PrivatePostgres;

await using var server = await PrivatePostgresServer.StartAsync(new PrivatePostgresOptions(args[0]), CancellationToken.None);
Console.WriteLine(server.ConnectionString);
await server.Exited;
