return await Burqi.Load.Commands.LoadCommands.RunAsync(args);
