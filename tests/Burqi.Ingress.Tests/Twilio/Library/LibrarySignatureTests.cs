using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Burqi.Ingress.Tests.Support;
using Burqi.Testing;

namespace Burqi.Ingress.Tests.Twilio.Library;

/// <summary>What Twilio's own library signs is let in, what was changed afterwards is not; and it is of our opinion in every case.</summary>
public sealed class LibrarySignatureTests
{
    private const string Route = "/twilio/call-status";
    private const string SecondaryToken = "fedcba9876543210fedcba9876543210";

    // What has broken signature checks: escapes, order, spaces, other scripts, pairs of UTF-16 units, line ends, nothing at all.
    private static readonly string[] Values =
    [
        "", " ", "  two  ", "+14255550123", "a=b&c=d", "100%", "%2B", "naïve", "Zoë Ünsal", "数字", "🎧 call", "line\r\nbreak", "\t", "<tag attr=\"v\">", "'", "null", "~!*()_-.",
    ];

    private static readonly string[] Names = ["Zeta", "alpha", "Alpha", "ALPHA", "_", "A", "AA", "a-b", "SipHeader_X-Ünits", "é", "x.y", "10", "9"];

    private static readonly string[] Queries = ["", "?a=%2Fb+c&&d=%C3%A9", "?to=%2B14255550123", "?", "?x", "?b=2&a=1", "?assistant_id=front-desk&x=%20y"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_SignedByTheLibrary_IsLetInAndNothingThatWasChangedIs()
    {
        await using var host = await IngressHost.StartAsync();
        var random = new Random(20260324);
        var requests = Enumerable.Range(0, 40).Select(_ => Made(random)).ToArray();
        var signatures = await SignAsync(requests);
        var changed = requests.Zip(signatures, (request, signature) => Changed(request, random).Select(change => (Request: change, Signature: signature))).SelectMany(all => all)
            .Concat(requests.Zip(await SignAsync(requests, SecondaryToken), (request, signature) => (Request: request, Signature: signature)))
            .ToArray();

        foreach (var (request, signature) in requests.Zip(signatures))
        {
            (await StatusOfAsync(host, request, signature)).ShouldBe(HttpStatusCode.NoContent, request.ToString());
        }

        foreach (var (request, signature) in changed)
        {
            (await StatusOfAsync(host, request, signature)).ShouldBe(HttpStatusCode.Forbidden, request.ToString());
        }

        // The library itself refuses them too: none is a change that Twilio would overlook.
        var verdicts = await TwilioLibrary.AskAsync(
            "validate",
            new { requests = changed.Select(one => new { token = TwilioClient.AuthToken, url = TwilioClient.PublicBaseUrl + one.Request.Target, form = one.Request.FormObject, signature = one.Signature }) },
            Cancellation);
        verdicts.AsArray().ShouldAllBe(verdict => !verdict!.GetValue<bool>());
    }

    [Theory]
    [InlineData("https://burqi.example.com")]
    [InlineData("https://burqi.example.com:443")]
    [InlineData("https://burqi.example.com:8443")]
    [InlineData("http://burqi.example.com")]
    [InlineData("https://BURQI.example.com")]
    [InlineData("https://burqi.example.com/x/..")]
    public async Task Post_SignedUnderAnotherSpellingOfTheAddress_IsLetInWhereTheLibraryWould(string signedBase)
    {
        await using var host = await IngressHost.StartAsync();
        var request = Made(new Random(7));
        var signed = await TwilioLibrary.AskAsync(
            "sign", new { requests = new[] { new { token = TwilioClient.AuthToken, url = signedBase + request.Target, form = request.FormObject } } }, Cancellation);
        var signature = signed[0]!["signature"]!.GetValue<string>();
        var verdict = await TwilioLibrary.AskAsync(
            "validate",
            new { requests = new[] { new { token = TwilioClient.AuthToken, url = TwilioClient.PublicBaseUrl + request.Target, form = request.FormObject, signature } } },
            Cancellation);

        (await StatusOfAsync(host, request, signature)).ShouldBe(verdict[0]!.GetValue<bool>() ? HttpStatusCode.NoContent : HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Post_JsonSignedByTheLibrary_IsLetInAndAChangedBodyIsNot()
    {
        var body = new JsonObject(TwilioClient.CallStatus(("Note", "Zoë 🎧")).Select(field => KeyValuePair.Create(field.Name, (JsonNode?)field.Value))).ToJsonString();
        await using var host = await IngressHost.StartAsync();
        var signed = await TwilioLibrary.AskAsync(
            "sign", new { requests = new[] { new { token = TwilioClient.AuthToken, url = TwilioClient.PublicBaseUrl + Route, body } } }, Cancellation);
        var (target, signature) = (signed[0]!["url"]!.GetValue<string>()[TwilioClient.PublicBaseUrl.Length..], signed[0]!["signature"]!.GetValue<string>());

        (await PostAsync(body)).ShouldBe(HttpStatusCode.NoContent);
        (await PostAsync(body.Replace("completed", "canceled", StringComparison.Ordinal))).ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync(body + " ")).ShouldBe(HttpStatusCode.Forbidden);

        async Task<HttpStatusCode> PostAsync(string content)
        {
            using var json = new StringContent(content, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            using var response = await host.Twilio.SendAsync(target, json, signature);
            return response.StatusCode;
        }
    }

    private static Request Made(Random random)
    {
        var extra = random.GetItems(Names, random.Next(0, Names.Length)).Distinct(StringComparer.Ordinal).Select(name => (name, random.GetItems(Values, 1)[0])).ToArray();
        var form = TwilioClient.CallStatus(extra);
        random.Shuffle(form);
        return new Request(Route + random.GetItems(Queries, 1)[0], form);
    }

    private static IEnumerable<Request> Changed(Request request, Random random)
    {
        var at = random.Next(request.Form.Length);
        var field = request.Form[at];
        yield return request with { Form = [.. request.Form[..at], (field.Name, field.Value + "x"), .. request.Form[(at + 1)..]] };
        yield return request with { Form = [.. request.Form[..at], (field.Name, " " + field.Value), .. request.Form[(at + 1)..]] };
        yield return request with { Form = [.. request.Form[..at], (field.Name + "x", field.Value), .. request.Form[(at + 1)..]] };
        yield return request with { Form = [.. request.Form[..at], .. request.Form[(at + 1)..]] };
        yield return request with { Form = [.. request.Form, ("Added", "")] };
        yield return request with { Target = request.Target + (request.Target.Contains('?', StringComparison.Ordinal) ? "&z=1" : "?z=1") };
        yield return request with { Target = request.Target.Replace(Route, "/twilio/stream-status", StringComparison.Ordinal) };
    }

    private static async Task<string[]> SignAsync(IEnumerable<Request> requests, string token = TwilioClient.AuthToken)
    {
        var signed = await TwilioLibrary.AskAsync(
            "sign", new { requests = requests.Select(request => new { token, url = TwilioClient.PublicBaseUrl + request.Target, form = request.FormObject }) }, Cancellation);
        return [.. signed.AsArray().Select(one => one!["signature"]!.GetValue<string>())];
    }

    private static async Task<HttpStatusCode> StatusOfAsync(IngressHost host, Request request, string signature)
    {
        using var response = await host.Twilio.PostAsync(request.Target, request.Form, signature);
        return response.StatusCode;
    }

    private sealed record Request(string Target, (string Name, string Value)[] Form)
    {
        public Dictionary<string, string> FormObject => Form.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);

        public override string ToString() => $"{Target} {string.Join('&', Form.Select(one => $"{one.Name}={one.Value}"))}";
    }
}
