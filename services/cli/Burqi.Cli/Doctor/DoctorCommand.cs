using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Burqi.Cli.Doctor.Twilio;
using Spectre.Console;

namespace Burqi.Cli.Doctor;

/// <summary><c>burqi doctor twilio</c>: whether calls from Twilio will reach Burqi and be recorded, and if not, why. It changes nothing.</summary>
internal sealed class DoctorCommand
{
    private readonly Option<bool> _json = new("--json") { Description = "Write the report as JSON." };

    private readonly Option<string?> _envFile = new("--env-file")
    {
        Description = "A file of NAME=value lines, such as the .env of Docker Compose. What the environment says comes first.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _connectTo = new("--connect-to")
    {
        Description = "Connect here in place of where DNS says: tries a load balancer before the public name leads to it.",
        HelpName = "HOST[:PORT]",
    };

    public static Command Create()
    {
        var doctor = new DoctorCommand();
        var twilio = new Command(
            "twilio",
            "Checks the environment's Twilio settings, the account, and the way from Twilio to Burqi; prints the public addresses and what is signed. "
            + "It reads the services' own variables and changes nothing. Ends with 0 where all is well, 1 with warnings, 2 with errors.")
        {
            doctor._json, doctor._envFile, doctor._connectTo,
        };
        twilio.SetAction(doctor.RunAsync);
        return new Command("doctor", "Says what is wrong with a set-up, in plain words.") { twilio };
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        Func<string, string?> variables = Environment.GetEnvironmentVariable;
        if (parsed.GetValue(_envFile) is { } file)
        {
            if (string.IsNullOrWhiteSpace(file))
            {
                await Console.Error.WriteLineAsync("--env-file names no file.");
                return ExitCodes.Usage;
            }

            try
            {
                variables = DoctorSettings.ReadFile(await File.ReadAllLinesAsync(file, cancellationToken), variables);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"'{file}' cannot be read: {exception.Message}");
                return ExitCodes.Usage;
            }
        }

        DnsEndPoint? connectTo = null;
        if (parsed.GetValue(_connectTo) is { } instead && (connectTo = ReadEndPoint(instead)) is null)
        {
            await Console.Error.WriteLineAsync($"'{instead}' is not HOST or HOST:PORT.");
            return ExitCodes.Usage;
        }

        try
        {
            var report = await new TwilioDoctor(new DoctorSettings(variables), new DoctorNetwork(connectTo), TimeProvider.System).ExamineAsync(cancellationToken);
            if (parsed.GetValue(_json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(report, DoctorJsonContext.Default.DoctorReport));
            }
            else
            {
                Write(report);
            }

            return (int)report.Worst;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
    }

    private static DnsEndPoint? ReadEndPoint(string text) =>
        Uri.TryCreate("https://" + text, UriKind.Absolute, out var url) && url.PathAndQuery == "/" && url.UserInfo.Length == 0 && url.Fragment.Length == 0
            ? new DnsEndPoint(url.DnsSafeHost, url.Port)
            : null;

    private static void Write(DoctorReport report)
    {
        // Addresses and what is signed are for copying: on one line, whatever the terminal's width.
        if (report.Addresses.Count > 0)
        {
            Console.Out.WriteLine("Public addresses");
            foreach (var address in report.Addresses)
            {
                Console.Out.WriteLine($"  {address.Method,-4} {address.Url}   {address.What}");
            }

            Console.Out.WriteLine();
        }

        if (report.Sample is { } sample)
        {
            Console.Out.WriteLine($"Signed for {sample.Method} {sample.Url} would be");
            Console.Out.WriteLine($"  {sample.StringToSign}");
            Console.Out.WriteLine($"  X-Twilio-Signature: {sample.SignatureBegins}");
            Console.Out.WriteLine();
        }

        var table = new Table().AddColumns("", "Looked at", "Found");
        foreach (var finding in report.Findings)
        {
            var (word, colour) = finding.Severity switch
            {
                Severity.Ok => ("ok", "green"),
                Severity.Warning => ("warning", "yellow"),
                _ => ("ERROR", "red"),
            };
            var remedy = finding.Remedy is { } text ? "\n→ " + text : "";
            table.AddRow(Console.IsOutputRedirected ? word : $"[{colour}]{word}[/]", Markup.Escape(finding.Check), Markup.Escape(finding.What + remedy));
        }

        AnsiConsole.Write(table);
        var (errors, warnings) = (report.Findings.Count(finding => finding.Severity == Severity.Error), report.Findings.Count(finding => finding.Severity == Severity.Warning));
        Console.Out.WriteLine((errors, warnings) switch
        {
            (0, 0) => "All is well.",
            _ => string.Create(CultureInfo.InvariantCulture, $"{errors} error{(errors == 1 ? "" : "s")}, {warnings} warning{(warnings == 1 ? "" : "s")}."),
        });
    }
}
