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
        account.MapGet("/Calls.json", ListCalls);
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

        if (Paging.TimeFilter(http, "DateCreated", out var error) is not { } isIn)
        {
            return error!;
        }

        var wantedCall = callSid ?? (http.Request.Query.TryGetValue("CallSid", out var given) ? given.ToString() : null);
        return Answer(Paging.Of(
            http,
            "recordings",
            library.All(),
            recording => (wantedCall is null || recording.CallSid == wantedCall) && (recording.Status != "deleted" || IncludesDeleted(http)) && isIn(recording.StartedAt),
            recording => recording.RecordingSid,
            Describe));
    }

    private IResult ListCalls(HttpContext http)
    {
        if (Fail(http, RestTarget.Call) is { } failed)
        {
            return failed;
        }

        if (Paging.TimeFilter(http, "StartTime", out var error) is not { } started || Paging.TimeFilter(http, "EndTime", out error) is not { } ended)
        {
            return error!;
        }

        var query = http.Request.Query;
        bool Is(string name, string value) => !query.TryGetValue(name, out var wanted) || wanted == value;
        return Answer(Paging.Of(
            http,
            "calls",
            [.. simulator.Calls.Reverse()],
            call => Is("Status", call.Status) && Is("From", call.Script.From) && Is("To", call.Script.To) && Is("ParentCallSid", "")
                && started(call.StartedAt) && (call.EndedAt is { } end ? ended(end) : !query.Keys.Any(key => key.StartsWith("EndTime", StringComparison.Ordinal))),
            call => call.CallSid,
            Describe));
    }

    private static IResult Answer((JsonObject? Page, IResult? Error) list) => list.Error ?? Json(list.Page!);

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

    private IResult GetCall(HttpContext http, string file) => Fail(http, RestTarget.Call) ??
        (Split(file) is var (sid, extension) && extension == ".json" && simulator.FindCall(sid) is { } found
            ? Json(Describe(found.Call))
            : RestError.NotFound(http.Request.Path));

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
}
