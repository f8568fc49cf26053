return await Burqi.Cli.BurqiCommand.RunAsync(args);
