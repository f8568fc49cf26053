using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Burqi.Simulator.Calls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Simulator.Rest;

/// <summary>
/// What the REST API tells of the account itself and of its phone numbers (https://www.twilio.com/docs/iam/api/account,
/// https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource).
/// </summary>
internal sealed class AccountApi(TwilioSimulator simulator, Func<HttpContext, bool> isAuthenticated)
{
    private const int LargestPage = 1000;

    /// <summary>The base64 of a user name that is an account's sid begins so, whatever follows <c>AC</c>.</summary>
    private const string SignedInByAccount = "Basic QU";

    private static readonly DateTimeOffset Created = new(2024, 3, 1, 9, 30, 0, TimeSpan.Zero);

    private TwilioSimulatorOptions Options => simulator.Options;

    /// <summary>Maps the account itself, which only its auth tokens open: standard keys are refused.</summary>
    public void MapAccount(IEndpointRouteBuilder routes) => routes.MapGet("/2010-04-01/Accounts/{file}", GetAccount);

    /// <summary>Maps what lies below the account.</summary>
    /// <param name="account">The group of the account's resources, whose credentials are checked.</param>
    public void MapNumbers(IEndpointRouteBuilder account) => account.MapGet("/IncomingPhoneNumbers.json", ListNumbers);

    private IResult GetAccount(HttpContext http, string file)
    {
        simulator.CountRequest();
        if (!isAuthenticated(http) || !http.Request.Headers.Authorization.ToString().StartsWith(SignedInByAccount, StringComparison.Ordinal))
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"Twilio API\"";
            return RestError.Of(401, 20003, "Authenticate");
        }

        if (file != Options.AccountSid + ".json")
        {
            return RestError.NotFound(http.Request.Path);
        }

        var path = $"/2010-04-01/Accounts/{Options.AccountSid}";
        return Json(new JsonObject
        {
            ["auth_token"] = Options.AuthToken,
            ["date_created"] = CallRequests.Rfc2822(Created),
            ["date_updated"] = CallRequests.Rfc2822(Created),
            ["friendly_name"] = "Simulated account",
            ["owner_account_sid"] = Options.AccountSid,
            ["sid"] = Options.AccountSid,
            ["status"] = Options.AccountStatus,
            ["subresource_uris"] = new JsonObject
            {
                ["calls"] = path + "/Calls.json",
                ["incoming_phone_numbers"] = path + "/IncomingPhoneNumbers.json",
                ["recordings"] = path + "/Recordings.json",
            },
            ["type"] = Options.AccountType,
            ["uri"] = path + ".json",
        });
    }

    private IResult ListNumbers(HttpContext http)
    {
        var query = http.Request.Query;
        var pageSize = Number("PageSize", 50);
        var page = Number("Page", 0);
        if (pageSize is not (>= 1 and <= LargestPage) || page is null)
        {
            return RestError.Of(400, 20001, $"PageSize is a number from 1 to {LargestPage}");
        }

        var all = Options.PhoneNumbers.Select((number, i) => (Number: number, Sid: string.Create(CultureInfo.InvariantCulture, $"PN{i + 1:x32}"))).ToList();
        var shown = all.Skip(page.Value * pageSize.Value).Take(pageSize.Value).ToList();
        var path = http.Request.Path;
        var next = (page.Value + 1) * pageSize.Value < all.Count;
        return Json(new JsonObject
        {
            ["incoming_phone_numbers"] = new JsonArray([.. shown.Select(JsonNode? (entry) => Describe(entry.Sid, entry.Number))]),
            ["page"] = page,
            ["page_size"] = pageSize,
            ["start"] = page * pageSize,
            ["end"] = Math.Max(page.Value * pageSize.Value, (page.Value * pageSize.Value) + shown.Count - 1),
            ["uri"] = path + http.Request.QueryString.ToString(),
            ["first_page_uri"] = $"{path}?PageSize={pageSize}&Page=0",
            ["next_page_uri"] = next ? $"{path}?PageSize={pageSize}&Page={page + 1}&PageToken=PA{shown[^1].Sid}" : null,
            ["previous_page_uri"] = page > 0 ? $"{path}?PageSize={pageSize}&Page={page - 1}" : null,
        });

        int? Number(string name, int otherwise) => !query.TryGetValue(name, out var text) ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    private JsonObject Describe(string sid, PhoneNumber number) => new()
    {
        ["account_sid"] = Options.AccountSid,
        ["api_version"] = "2010-04-01",
        ["beta"] = false,
        ["capabilities"] = new JsonObject { ["voice"] = number.HasVoice, ["sms"] = true, ["mms"] = false, ["fax"] = false },
        ["date_created"] = CallRequests.Rfc2822(Created),
        ["date_updated"] = CallRequests.Rfc2822(Created),
        ["friendly_name"] = number.Number,
        ["origin"] = "twilio",
        ["phone_number"] = number.Number,
        ["sid"] = sid,
        ["status"] = "in-use",
        ["status_callback"] = number.StatusCallback,
        ["status_callback_method"] = number.StatusCallbackMethod,
        ["trunk_sid"] = number.TrunkSid,
        ["uri"] = $"/2010-04-01/Accounts/{Options.AccountSid}/IncomingPhoneNumbers/{sid}.json",
        ["voice_application_sid"] = number.ApplicationSid,
        ["voice_caller_id_lookup"] = false,
        ["voice_fallback_method"] = "POST",
        ["voice_fallback_url"] = "",
        ["voice_method"] = number.VoiceMethod,
        ["voice_receive_mode"] = "voice",
        ["voice_url"] = number.VoiceUrl,
    };

    private static IResult Json(JsonObject body) => Results.Text(body.ToJsonString(JsonSerializerOptions.Default), "application/json");
}
