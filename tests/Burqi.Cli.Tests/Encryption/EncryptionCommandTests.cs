using Burqi.Cli.Tests.Api;

namespace Burqi.Cli.Tests.Encryption;

[Collection("terminal")] // a process has one, and one command at a time may draw on it
public sealed class EncryptionCommandTests
{
    [Theory]
    [InlineData("completed", 0)]
    [InlineData("failed", 1)]
    [InlineData("superseded", 1)]
    public async Task Rotate_ToItsEnd_TellsByItsCodeWhatCameOfIt(string status, int code)
    {
        await using var stub = await StubApi.StartAsync((context, number) => number switch
        {
            0 => StubApi.WriteAsync(context, 202, Answer("running")),
            1 => StubApi.WriteAsync(context, 200, Answer("running")),
            2 => StubApi.WriteAsync(context, 502, "<html>", "text/html"),
            _ => StubApi.WriteAsync(context, 200, Answer(status)),
        });

        (await RotateAsync(stub)).ShouldBe(code);

        var asked = stub.Seen.First();
        (asked.Method, asked.Target, asked.Body).ShouldBe(("POST", "/encryption-rotations", "{}"));
        stub.Seen.Skip(1).ShouldAllBe(request => request.Method == "GET" && request.Target == "/encryption-rotations/0199aa00-0000-7000-8000-000000000000");
        stub.Seen.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Rotate_BurqiHasNoKey_IsRefused()
    {
        await using var stub = await StubApi.StartAsync((context, _) =>
            StubApi.WriteAsync(context, 409, """{"status":409,"detail":"No key is configured to encrypt with."}""", "application/problem+json"));

        (await RotateAsync(stub)).ShouldBe(2);
    }

    private static Task<int> RotateAsync(StubApi stub) => BurqiCommand.RunAsync(["encryption", "rotate", "--url", stub.Url, "--key", StubApi.Key]);

    private static string Answer(string status) =>
        $$"""
        {"id":"0199aa00-0000-7000-8000-000000000000","key_id":"2026-03","status":"{{status}}","rewrapped":5,"failed":1,"remaining":1,
         "error":"Recording 1: gone","created_at":"2026-03-01T00:00:00Z","started_at":null,"finished_at":null}
        """;
}
