using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Burqi.Load.Generator;
using Burqi.Simulator.Audio;

namespace Burqi.Load.Tests.Generator;

public sealed class FrameWriterTests
{
    [Fact]
    public async Task Messages_ReadByAWebSocketServer_AreTwiliosInOrder()
    {
        var writer = new FrameWriter(3, new string('a', 24));
        var bytes = new MemoryStream();
        bytes.Write(writer.Greeting());
        var media = new byte[FrameWriter.MaxMediaBytes];
        bytes.Write(media, 0, writer.WriteMedia(media, 0, 0));
        bytes.Write(media, 0, writer.WriteMedia(media, 1, 0));
        bytes.Write(media, 0, writer.WriteMedia(media, 0, 1));
        bytes.Write(writer.Farewell());
        bytes.Position = 0;

        var messages = await ReadAsync(bytes);

        messages.Select(m => m.GetProperty("event").GetString()).ShouldBe(["connected", "start", "media", "media", "media", "stop"]);
        messages.Skip(1).Select(m => m.GetProperty("sequenceNumber").GetString()).ShouldBe(["1", "2", "3", "4", "5"]);
        messages[1].GetProperty("start").GetProperty("callSid").GetString().ShouldBe(writer.CallSid);
        var frame = messages[4].GetProperty("media");
        frame.GetProperty("track").GetString().ShouldBe("inbound");
        frame.GetProperty("timestamp").GetString().ShouldBe("20");
        MuLaw.Decode(frame.GetProperty("payload").GetBytesFromBase64()).ShouldBe(FrameBank.Samples(3, 0, 1).ToArray());
    }

    private static async Task<List<JsonElement>> ReadAsync(Stream stream)
    {
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        var messages = new List<JsonElement>();
        var buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return messages;
            }

            received.EndOfMessage.ShouldBeTrue();
            using var json = JsonDocument.Parse(Encoding.UTF8.GetString(buffer, 0, received.Count));
            messages.Add(json.RootElement.Clone());
        }
    }
}
