using System.Text.Json;
using System.Text.Json.Nodes;
using Burqi.Hosting.Processes;

namespace Burqi.Testing;

/// <summary>
/// Twilio's own library for Node.js (npm <c>twilio</c>), which answers what a test asks: what Twilio would sign, write or read. The
/// commands are those of <c>tests/npm/twilio.js</c>.
/// </summary>
public static class TwilioLibrary
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Asks the library.</summary>
    /// <param name="command">One of the script's commands.</param>
    /// <param name="question">The command's fields, written as JSON.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">Node.js or the library is not installed.</exception>
    public static async Task<JsonNode> AskAsync(string command, object question, CancellationToken cancellationToken)
    {
        var packages = Path.Combine(Repository.Root, "tests", "npm");
        if (!Directory.Exists(Path.Combine(packages, "node_modules", "twilio")))
        {
            throw new InvalidOperationException($"Twilio's own library is missing: run infra/install-prerequisites.sh test, or npm ci in {packages}.");
        }

        var folder = TestFolder.Create("twilio");
        var (asked, answered) = (Path.Combine(folder, "question.json"), Path.Combine(folder, "answer.json"));
        var fields = JsonSerializer.SerializeToNode(question, JsonSerializerOptions.Web)!.AsObject();
        fields["command"] = command;
        await File.WriteAllTextAsync(asked, fields.ToJsonString(), cancellationToken);
        await ChildProcess.RunAsync(new ChildProcessStart("node", Path.Combine(packages, "twilio.js"), asked, answered), Limit, cancellationToken);
        return JsonNode.Parse(await File.ReadAllTextAsync(answered, cancellationToken))!;
    }
}
