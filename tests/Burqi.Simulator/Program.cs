return await Burqi.Simulator.Commands.SimulatorCommand.RunAsync(args);
