using System.CommandLine;
using Burqi.Cli.Audit;
using Burqi.Cli.Cleanup;
using Burqi.Cli.Cost;
using Burqi.Cli.Doctor;
using Burqi.Cli.Encryption;
using Burqi.Cli.Jobs;
using Burqi.Cli.Keys;
using Burqi.Cli.Reconcile;
using Burqi.Cli.Repair;
using Burqi.Cli.Retention;
using Burqi.Cli.Verify;

namespace Burqi.Cli;

/// <summary><c>burqi</c>: the operator's tool.</summary>
internal static class BurqiCommand
{
    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Burqi's tool for operators: checks and repairs recordings where they lie, finds out what is wrong with a set-up, and asks a running Burqi what it did.")
        {
            RepairCommand.Create(),
            VerifyCommand.Create(),
            CleanupCommand.Create(),
            DoctorCommand.Create(),
            CostCommand.Create(),
            ReconcileCommand.Create(),
            EncryptionCommand.Create(),
            DecryptCommand.Create(),
            JobsCommand.Create(),
            RetentionCommand.Create(),
            AuditCommand.Create(),
            KeysCommand.Create(),
        };
        var parsed = root.Parse(args);
        return parsed.Errors.Count > 0 ? RefuseAsync(parsed) : parsed.InvokeAsync();
    }

    private static async Task<int> RefuseAsync(ParseResult parsed)
    {
        // Shows what is wrong and the usage; its own code for both is that of a finding, which this is not.
        await parsed.InvokeAsync();
        return ExitCodes.Usage;
    }
}
