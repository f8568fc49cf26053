using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit.Serialization;

namespace Burqi.Contracts.Tests;

/// <summary>
/// One message of each type as it stood in a queue, pinned both ways with the bus's own serializer: what is written today reads the same
/// tomorrow, and what was written yesterday is read today. A property is added at the end and nullable; none is taken away.
/// </summary>
public sealed class SampleTests
{
    private static readonly JsonSerializerOptions Bus = SystemTextJsonMessageSerializer.Options;

    public static TheoryData<Type> AllMessages => Messages.Theory;

    [Fact]
    public void Samples_AreOnePerMessage() =>
        Directory.GetFiles(Path.GetDirectoryName(Messages.SamplePath(typeof(object)))!).Select(Path.GetFileNameWithoutExtension).Order()
            .ShouldBe(Messages.All.Select(message => message.Name).Order());

    [Theory]
    [MemberData(nameof(AllMessages))]
    public void Sample_ReadAndWrittenAgain_IsTheSame(Type message)
    {
        var sample = File.ReadAllText(Messages.SamplePath(message));

        var written = JsonSerializer.Serialize(JsonSerializer.Deserialize(sample, message, Bus), message, Bus);

        Indented(written).ShouldBe(sample.TrimEnd());
    }

    [Theory]
    [MemberData(nameof(AllMessages))]
    public void Sample_TellsEveryPropertyAndNothingElse(Type message)
    {
        var sample = JsonNode.Parse(File.ReadAllText(Messages.SamplePath(message)))!.AsObject();
        var read = JsonSerializer.Deserialize(sample, message, Bus);

        sample.Select(property => property.Key).ShouldBe(message.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)));
        foreach (var property in message.GetProperties())
        {
            // A value of its own for each: a mix-up of two properties shows. Only then is "both ways" about all of them.
            property.GetValue(read).ShouldNotBeNull(property.Name);
            property.GetValue(read).ShouldNotBe(property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : "", property.Name);
        }

        sample.GroupBy(property => property.Value!.ToJsonString()).ShouldAllBe(values => values.Count() == 1 || values.Key == "\"twilio\"" || values.Key == "true");
    }

    [Theory]
    [MemberData(nameof(AllMessages))]
    public void Sample_WithAPropertyOfALaterVersion_IsReadAllTheSame(Type message)
    {
        var sample = JsonNode.Parse(File.ReadAllText(Messages.SamplePath(message)))!.AsObject();
        var expected = JsonSerializer.Deserialize(sample, message, Bus);
        sample["addedLater"] = new JsonObject { ["a"] = 1 };

        JsonSerializer.Deserialize(sample, message, Bus).ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(AllMessages))]
    public void Sample_WithoutARequiredProperty_IsRefused_WithoutAnOther_IsRead(Type message)
    {
        foreach (var property in message.GetProperties())
        {
            var sample = JsonNode.Parse(File.ReadAllText(Messages.SamplePath(message)))!.AsObject();
            sample.Remove(JsonNamingPolicy.CamelCase.ConvertName(property.Name)).ShouldBeTrue();

            if (property.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute), inherit: false))
            {
                Should.Throw<JsonException>(() => JsonSerializer.Deserialize(sample, message, Bus), property.Name);
            }
            else
            {
                property.GetValue(JsonSerializer.Deserialize(sample, message, Bus)).ShouldBeNull(property.Name);
            }
        }
    }

    private static string Indented(string json) => JsonNode.Parse(json)!.ToJsonString(new JsonSerializerOptions
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
