using System.Net;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts.Recordings;
using Microsoft.AspNetCore.Http;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>What S3 says of objects in its archive tiers; the servers here have none.</summary>
public sealed class ArchivedS3ContentTests(ArchivedS3ContentTests.ArchivedHost catalog) : IClassFixture<ArchivedS3ContentTests.ArchivedHost>
{
    [Theory]
    [InlineData("GLACIER", false)]
    [InlineData("DEEP_ARCHIVE", false)]
    [InlineData("GLACIER_IR", true)]
    [InlineData("restored", true)]
    public async Task Request_RowSaysArchive_IsAnsweredAsTheStoreSays(string state, bool isReadable)
    {
        var told = new Told();
        await catalog.TellAsync(
            told.Archived($"recordings/{state}.wav", fileSize: 7) with { Store = "s3" },
            new RecordingTierChanged
            {
                RecordingId = told.Id,
                Provider = "twilio",
                CallId = told.CallId,
                RecordingType = "mixed",
                RecordingSource = "local",
                Tier = StorageTiers.Archive,
                ChangedAt = Told.Start.AddDays(90),
            });

        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
        {
            using var request = new HttpRequestMessage(method, $"/calls/{told.CallId}/recording/{told.Id}/play");
            using var response = await catalog.Client.SendAsync(request);

            response.StatusCode.ShouldBe(isReadable ? HttpStatusCode.OK : HttpStatusCode.Conflict);
            if (method == HttpMethod.Get)
            {
                var body = await response.Content.ReadAsStringAsync();
                (isReadable ? body : JsonNode.Parse(body)!["detail"]!.GetValue<string>()).ShouldContain(isReadable ? "1234567" : "archive tier");
            }
        }
    }

    public sealed class ArchivedHost : CatalogHost
    {
        private PlayedServer? _server;

        protected override async Task<Dictionary<string, string>> SettingsAsync()
        {
            _server = await PlayedServer.StartAsync(AnswerAsync);
            return new Dictionary<string, string>
            {
                ["BURQI_STORE"] = "s3",
                ["S3_RECORDING_BUCKET"] = "bucket",
                ["AWS_ENDPOINT_URL_S3"] = _server.Url,
                ["AWS_ACCESS_KEY_ID"] = "id",
                ["AWS_SECRET_ACCESS_KEY"] = "secret",
            };
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await _server!.DisposeAsync();
        }

        private static async Task AnswerAsync(HttpContext context)
        {
            var state = Path.GetFileNameWithoutExtension(context.Request.Path.Value!);
            context.Response.Headers["x-amz-storage-class"] = state == "restored" ? "GLACIER" : state;
            if (state == "restored")
            {
                context.Response.Headers["x-amz-restore"] = "ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2029 00:00:00 GMT\"";
            }

            context.Response.ContentLength = 7;
            if (HttpMethods.IsHead(context.Request.Method))
            {
                return;
            }

            if (state is "restored" or "GLACIER_IR")
            {
                context.Response.StatusCode = StatusCodes.Status206PartialContent;
                context.Response.Headers.ContentRange = "bytes 0-6/7";
                await context.Response.WriteAsync("1234567");
                return;
            }

            context.Response.ContentLength = null;
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            context.Response.ContentType = "application/xml";
            await context.Response.WriteAsync(
                $"<Error><Code>InvalidObjectState</Code><Message>The operation is not valid for the object's storage class</Message><StorageClass>{state}</StorageClass></Error>");
        }
    }
}
