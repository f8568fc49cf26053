using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Burqi.Simulator.Calls;
using Burqi.Simulator.Recordings;
using Burqi.Simulator.Twiml;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Simulator.Rest;

/// <summary>
/// The part of Twilio's REST API that has to do with recordings and running calls
/// (https://www.twilio.com/docs/voice/api/recording): basic auth, its JSON, its errors, its habit of not having a recording's media yet.
/// </summary>
internal sealed class RestApi(TwilioSimulator simulator, RecordingLibrary library, RestFaults faults)
{
    private const int LargestPage = 1000;

    private TwilioSimulatorOptions Options => simulator.Options;

    public void Map(IEndpointRouteBuilder routes)
    {
        var account = routes.MapGroup("/2010-04-01/Accounts/{accountSid}").AddEndpointFilter(async (context, next) =>
        {
            simulator.CountRequest();
            return Authenticate(context.HttpContext) ?? await next(context);
        });
        var itself = new AccountApi(simulator, http => Authenticate(http, checksAccount: false) is null);
        itself.MapAccount(routes);
        itself.MapNumbers(account);
        account.MapGet("/Recordings.json", (HttpContext http) => List(http, null));
        account.MapGet("/Recordings/{file}", GetRecordingAsync);
        account.MapDelete("/Recordings/{file}", Delete);
        account.MapGet("/Calls/{callSid}/Recordings.json", (HttpContext http, string callSid) => List(http, callSid));
        account.MapPost("/Calls/{callSid}/Recordings.json", StartRecordingAsync);
        account.MapPost("/Calls/{callSid}/Recordings/{file}", UpdateRecordingAsync);
        account.MapGet("/Calls/{file}", GetCall);
        account.MapPost("/Calls/{file}", UpdateCallAsync);
    }

    private IResult? Authenticate(HttpContext http, bool checksAccount = true)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) || !IsKnown(header["Basic ".Length..].Trim()))
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"Twilio API\"";
            return RestError.Of(401, 20003, "Authenticate");
        }

        return !checksAccount || http.GetRouteValue("accountSid") as string == Options.AccountSid ? null : RestError.NotFound(http.Request.Path);
    }

    private bool IsKnown(string credentials)
    {
        Span<byte> decoded = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials, decoded, out var length))
        {
            return false;
        }

        var given = decoded[..length].ToArray();
        return Options.ApiKeys
            .Append(new ApiKey(Options.AccountSid, Options.AuthToken))
            .Append(new ApiKey(Options.AccountSid, Options.SecondaryAuthToken ?? Options.AuthToken))
            .Any(key => CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes($"{key.Sid}:{key.Secret}")));
    }

    private IResult? Fail(HttpContext http, RestTarget target)
    {
        if (faults.Take(target, spoilsBody: false) is not { } fault)
        {
            return null;
        }

        if (fault.RetryAfter is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return fault.Status == 429
            ? RestError.Of(429, 20429, "Too Many Requests")
            : RestError.Of(fault.Status, 20500, "An internal server error has occurred");
    }

    private async Task<IResult> GetRecordingAsync(HttpContext http, string file)
    {
        var (sid, extension) = Split(file);
        if (extension == ".json")
        {
            return Fail(http, RestTarget.Metadata)
                ?? (library.TryFind(sid, out var described) && (described.Status != "deleted" || IncludesDeleted(http))
                    ? Json(Describe(described))
                    : RestError.NotFound(http.Request.Path));
        }

        if (Fail(http, RestTarget.Media) is { } failed)
        {
            return failed;
        }

        if (extension is not ("" or ".wav" or ".mp3") || !library.TryFind(sid, out var recording) || recording.Status != "completed")
        {
            return RestError.NotFound(http.Request.Path);
        }

        var requests = recording.CountMediaRequest();
        if (requests <= Options.NotFoundBeforeReady || Options.TimeProvider.GetUtcNow() < recording.UpdatedAt + Options.ReadyAfter)
        {
            return RestError.NotFound(http.Request.Path);
        }

        var asked = http.Request.Query["RequestedChannels"].ToString();
        if (asked is not ("" or "1" or "2") || (asked == "2" && recording.Channels == 1))
        {
            return RestError.Of(400, 20001, $"RequestedChannels={asked} is not available for this recording");
        }

        var channels = asked switch
        {
            "1" => 1,
            "2" => 2,
            _ => Options.DownmixUnlessAsked ? 1 : recording.Channels,
        };
        var media = recording.ToWav(channels);
        if (extension == ".mp3")
        {
            if (await Mp3.FromWavAsync(media, http.RequestAborted) is not { } mp3)
            {
                return RestError.Of(404, 20404, "No MP3: ffmpeg, with which the simulator would make it, is not installed");
            }

            media = mp3;
        }

        await SendAsync(http, recording, media, extension == ".mp3" ? "audio/mpeg" : "audio/x-wav");
        return Results.Empty;
    }

    private async Task SendAsync(HttpContext http, SimulatedRecording recording, byte[] media, string contentType)
    {
        var fault = faults.Take(RestTarget.Media, spoilsBody: true);
        var sent = fault is null ? media.Length : (int)(media.Length * fault.BreaksOffAfter);
        http.Response.ContentType = contentType;
        http.Response.ContentLength = fault is { TruncatedUnnoticed: true } ? sent : media.Length;
        await http.Response.Body.WriteAsync(media.AsMemory(0, sent), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        if (fault is null)
        {
            recording.CountWholeDownload();
        }
        else if (!fault.TruncatedUnnoticed)
        {
            http.Abort();
        }
    }

    private IResult Delete(HttpContext http, string file)
    {
        if (Fail(http, RestTarget.Delete) is { } failed)
        {
            return failed;
        }

        var (sid, extension) = Split(file);
        if (extension is not (".json" or "") || !library.TryFind(sid, out var recording) || recording.Status == "deleted")
        {
            return RestError.NotFound(http.Request.Path);
        }

        recording.Delete(Options.TimeProvider.GetUtcNow());
        return Results.NoContent();
    }

    private IResult List(HttpContext http, string? callSid)
    {
        if (Fail(http, RestTarget.List) is { } failed)
        {
            return failed;
        }

        if (callSid is not null && simulator.FindCall(callSid) is null)
        {
            return RestError.NotFound(http.Request.Path);
        }

        var query = http.Request.Query;
        var pageSize = 50;
        if (query.TryGetValue("PageSize", out var size) && (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out pageSize) || pageSize is < 1 or > LargestPage))
        {
            return RestError.Of(400, 20001, $"PageSize is a number from 1 to {LargestPage}");
        }

        var recordings = library.All();
        var wantedCall = callSid ?? (query.TryGetValue("CallSid", out var given) ? given.ToString() : null);
        var matching = recordings.Where(r => (wantedCall is null || r.CallSid == wantedCall) && (r.Status != "deleted" || IncludesDeleted(http)));
        foreach (var (name, keep) in new (string, Func<DateTimeOffset, DateTimeOffset, DateTimeOffset, bool>)[]
        {
            ("DateCreated", (created, from, to) => created >= from && created < to),
            ("DateCreated>", (created, from, _) => created >= from),
            ("DateCreated<", (created, _, to) => created < to),
        })
        {
            if (!query.TryGetValue(name, out var text))
            {
                continue;
            }

            if (ReadTime(text.ToString()) is not var (from, to))
            {
                return RestError.Of(400, 20001, $"{name}= is a date, YYYY-MM-DD, or a time in UTC");
            }

            matching = matching.Where(r => keep(r.StartedAt, from, to));
        }

        var page = 0;
        if (query.TryGetValue("PageToken", out var token))
        {
            // The token names the last recording of the page before: a page holds what follows it, whatever was added or deleted since.
            var before = token.ToString() is ['P', 'A', .. var last] ? recordings.TakeWhile(r => r.RecordingSid != last).Count() : recordings.Count;
            matching = matching.Except(recordings.Take(before + 1));
            if (before == recordings.Count || !int.TryParse(query["Page"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out page))
            {
                return RestError.Of(400, 20006, "The page is not available");
            }
        }
        else if (query.TryGetValue("Page", out var number) && number != "0")
        {
            return RestError.Of(400, 20006, "The page is not available without its PageToken: follow next_page_uri");
        }

        var left = matching.ToList();
        var shown = left.Take(pageSize).ToList();
        var kept = query.Where(q => q.Key is not ("Page" or "PageToken" or "PageSize"))
            .Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value.ToString())}&");
        var first = $"{http.Request.Path}?{string.Concat(kept)}PageSize={pageSize}";
        return Json(new JsonObject
        {
            ["recordings"] = new JsonArray([.. shown.Select(JsonNode? (r) => Describe(r))]),
            ["page"] = page,
            ["page_size"] = pageSize,
            ["start"] = page * pageSize,
            ["end"] = Math.Max(page * pageSize, (page * pageSize) + shown.Count - 1),
            ["uri"] = http.Request.Path + http.Request.QueryString.ToString(),
            ["first_page_uri"] = first + "&Page=0",
            ["next_page_uri"] = shown.Count < left.Count ? $"{first}&Page={page + 1}&PageToken=PA{shown[^1].RecordingSid}" : null,
            ["previous_page_uri"] = null,
        });
    }

    private async Task<IResult> StartRecordingAsync(HttpContext http, string callSid)
    {
        if (simulator.FindCall(callSid) is not { } found)
        {
            return RestError.NotFound(http.Request.Path);
        }

        if (found.Call.Status != "in-progress")
        {
            return RestError.Of(400, 21220, "The call is not in progress: it cannot be recorded");
        }

        var form = await ReadFormAsync(http);
        string Value(string name, string absent) => form.TryGetValue(name, out var value) ? value.ToString() : absent;
        var channels = Value("RecordingChannels", "mono");
        var track = Value("RecordingTrack", "both");
        var trim = Value("Trim", "do-not-trim");
        var method = Value("RecordingStatusCallbackMethod", "POST");
        var callbackUrl = Value("RecordingStatusCallback", "");
        // The official client repeats the field; its documents separate by spaces.
        var events = form.TryGetValue("RecordingStatusCallbackEvent", out var named) ? [.. named.SelectMany(e => e!.Split(' '))] : new[] { "completed" };
        string? wrong =
            channels is not ("mono" or "dual") ? "RecordingChannels"
            : track is not ("inbound" or "outbound" or "both") ? "RecordingTrack"
            : trim is not ("trim-silence" or "do-not-trim") ? "Trim"
            : method is not ("GET" or "POST") ? "RecordingStatusCallbackMethod"
            : events.Any(e => e is not ("in-progress" or "completed" or "absent")) ? "RecordingStatusCallbackEvent"
            : callbackUrl.Length > 0 && new TwimlSchema(Options.AllowLoopback).CheckCallbackUrl(callbackUrl) is not null ? "RecordingStatusCallback"
            : null;
        if (wrong is not null)
        {
            return RestError.Of(400, 20001, $"Invalid value of {wrong}");
        }

        var callback = callbackUrl.Length > 0 ? new StatusCallback(callbackUrl, method, events) : null;
        var recording = found.Runner.StartByApi(channels == "dual" ? 2 : 1, track, trim == "trim-silence", callback);
        return Json(Describe(recording), 201);
    }

    private async Task<IResult> UpdateRecordingAsync(HttpContext http, string callSid, string file)
    {
        var (sid, _) = Split(file);
        if (simulator.FindCall(callSid) is not { } found)
        {
            return RestError.NotFound(http.Request.Path);
        }

        var open = found.Runner.OpenRecordings();
        var recording = file == "Twilio.CURRENT.json" ? open is [.., var latest] ? latest : null : open.FirstOrDefault(r => r.RecordingSid == sid);
        if (recording is null)
        {
            return RestError.NotFound(http.Request.Path);
        }

        var form = await ReadFormAsync(http);
        var now = Options.TimeProvider.GetUtcNow();
        switch (form["Status"].ToString(), form["PauseBehavior"].ToString())
        {
            case ("paused", "" or "silence"):
                recording.Pause(silently: true, now);
                break;
            case ("paused", "skip"):
                recording.Pause(silently: false, now);
                break;
            case ("in-progress", _):
                recording.Resume(now);
                break;
            case ("stopped", _):
                found.Runner.Finish(recording);
                break;
            default:
                return RestError.Of(400, 20001, "Status is paused, in-progress or stopped; PauseBehavior skip or silence");
        }

        return Json(Describe(recording));
    }

    private IResult GetCall(HttpContext http, string file) =>
        Split(file) is var (sid, extension) && extension == ".json" && simulator.FindCall(sid) is { } found
            ? Json(Describe(found.Call))
            : RestError.NotFound(http.Request.Path);

    private async Task<IResult> UpdateCallAsync(HttpContext http, string file)
    {
        var (sid, extension) = Split(file);
        if (extension != ".json" || simulator.FindCall(sid) is not { } found)
        {
            return RestError.NotFound(http.Request.Path);
        }

        var form = await ReadFormAsync(http);
        if (form["Status"] != "completed")
        {
            return RestError.Of(400, 20001, "Only Status=completed is simulated");
        }

        if (found.Call.EndedAt is not null)
        {
            return RestError.Of(400, 21220, "The call is not in progress");
        }

        found.Call.HangUp();
        return Json(Describe(found.Call));
    }

    private JsonObject Describe(SimulatedRecording recording)
    {
        var path = $"/2010-04-01/Accounts/{Options.AccountSid}/Recordings/{recording.RecordingSid}";
        var done = !recording.IsOpen;
        return new JsonObject
        {
            ["account_sid"] = Options.AccountSid,
            ["api_version"] = "2010-04-01",
            ["call_sid"] = recording.CallSid,
            ["conference_sid"] = null,
            ["channels"] = recording.Channels,
            ["date_created"] = CallRequests.Rfc2822(recording.StartedAt),
            ["date_updated"] = CallRequests.Rfc2822(recording.UpdatedAt),
            ["start_time"] = CallRequests.Rfc2822(recording.StartedAt),
            ["duration"] = done ? CallRequests.Seconds(recording.Duration) : null,
            ["sid"] = recording.RecordingSid,
            ["price"] = done ? "-0.00250" : null,
            ["price_unit"] = "USD",
            ["status"] = recording.Status,
            ["source"] = recording.Source,
            ["error_code"] = recording.ErrorCode == 0 ? null : recording.ErrorCode,
            ["encryption_details"] = null,
            ["media_url"] = Options.ApiBaseUrl + path,
            ["uri"] = path + ".json",
            ["subresource_uris"] = new JsonObject
            {
                ["add_on_results"] = path + "/AddOnResults.json",
                ["transcriptions"] = path + "/Transcriptions.json",
            },
        };
    }

    private JsonObject Describe(SimulatedCall call) => new()
    {
        ["account_sid"] = Options.AccountSid,
        ["api_version"] = "2010-04-01",
        ["sid"] = call.CallSid,
        ["parent_call_sid"] = null,
        ["from"] = call.Script.From,
        ["to"] = call.Script.To,
        ["direction"] = call.Script.Direction,
        ["status"] = call.Status,
        ["start_time"] = CallRequests.Rfc2822(call.StartedAt),
        ["end_time"] = call.EndedAt is { } ended ? CallRequests.Rfc2822(ended) : null,
        ["duration"] = call.EndedAt is null ? null : CallRequests.Seconds(call.Duration),
        ["uri"] = $"/2010-04-01/Accounts/{Options.AccountSid}/Calls/{call.CallSid}.json",
    };

    private static IResult Json(JsonObject body, int status = 200) =>
        Results.Text(body.ToJsonString(JsonSerializerOptions.Default), "application/json", statusCode: status);

    private static async Task<IFormCollection> ReadFormAsync(HttpContext http) =>
        http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;

    private static bool IncludesDeleted(HttpContext http) =>
        string.Equals(http.Request.Query["IncludeSoftDeleted"].ToString(), "true", StringComparison.OrdinalIgnoreCase);

    private static (string Sid, string Extension) Split(string file) =>
        file.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? (file[..dot], file[dot..]) : (file, "");

    // A date stands for its whole day, a time for its second.
    private static (DateTimeOffset From, DateTimeOffset To)? ReadTime(string text)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, utc, out var day))
        {
            return (day, day.AddDays(1));
        }

        return DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, utc, out var time)
            ? (time, time.AddSeconds(1))
            : null;
    }
}
