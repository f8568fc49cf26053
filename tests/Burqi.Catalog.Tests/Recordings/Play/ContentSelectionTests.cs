using Burqi.Catalog.Recordings.Play;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Burqi.Catalog.Tests.Recordings.Play;

public sealed class ContentSelectionTests
{
    private const string Tag = "\"abc\"";
    private const string Modified = "Sun, 01 Mar 2026 09:30:37 GMT";
    private const string Earlier = "Sun, 01 Mar 2026 09:30:36 GMT";
    private const string Later = "Sun, 01 Mar 2026 09:30:38 GMT";

    [Theory]
    [InlineData("bytes=0-0", 206, 0, 1)]
    [InlineData("bytes=0-99", 206, 0, 100)]
    [InlineData("bytes=999-", 206, 999, 1)]
    [InlineData("bytes=500-5000", 206, 500, 500)]
    [InlineData("bytes=-1", 206, 999, 1)]
    [InlineData("bytes=-1000", 206, 0, 1000)]
    [InlineData("bytes=-5000", 206, 0, 1000)]
    [InlineData("BYTES=1-2", 206, 1, 2)]
    [InlineData("bytes=1000-", 416, 0, 0)]
    [InlineData("bytes=1000-2000", 416, 0, 0)]
    [InlineData("bytes=-0", 416, 0, 0)]
    [InlineData("bytes=0-1,5-9", 200, 0, 1000)]
    [InlineData("bytes=5-1", 200, 0, 1000)]
    [InlineData("bytes=a-b", 200, 0, 1000)]
    [InlineData("bytes=99999999999999999999-", 200, 0, 1000)]
    [InlineData("bytes=", 200, 0, 1000)]
    [InlineData("seconds=0-1", 200, 0, 1000)]
    public void Of_Range_SelectsTheBytes(string range, int status, long offset, long length) =>
        Select("GET", ("Range", range)).ShouldBe(new ContentSelection(status, offset, length));

    [Theory]
    [InlineData("If-None-Match", Tag, 304)]
    [InlineData("If-None-Match", "W/" + Tag, 304)]
    [InlineData("If-None-Match", "\"x\", " + Tag, 304)]
    [InlineData("If-None-Match", "*", 304)]
    [InlineData("If-None-Match", "\"x\"", 200)]
    [InlineData("If-Modified-Since", Modified, 304)]
    [InlineData("If-Modified-Since", Later, 304)]
    [InlineData("If-Modified-Since", Earlier, 200)]
    [InlineData("If-Modified-Since", "yesterday", 200)]
    [InlineData("If-Match", Tag, 200)]
    [InlineData("If-Match", "*", 200)]
    [InlineData("If-Match", "W/" + Tag, 412)]
    [InlineData("If-Match", "\"x\"", 412)]
    [InlineData("If-Unmodified-Since", Modified, 200)]
    [InlineData("If-Unmodified-Since", Earlier, 412)]
    public void Of_Precondition_Decides(string header, string value, int status)
    {
        Select("GET", (header, value)).Status.ShouldBe(status);
        Select("HEAD", (header, value)).Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("If-None-Match", "\"x\"", "If-Modified-Since", Later, 200)]
    [InlineData("If-Match", Tag, "If-Unmodified-Since", Earlier, 200)]
    [InlineData("If-Match", "\"x\"", "If-None-Match", Tag, 412)]
    public void Of_TwoPreconditions_TheTagCountsAndTheRefusalComesFirst(string header, string value, string otherHeader, string otherValue, int status) =>
        Select("GET", (header, value), (otherHeader, otherValue)).Status.ShouldBe(status);

    [Theory]
    [InlineData(Tag, 206)]
    [InlineData("W/" + Tag, 200)]
    [InlineData("\"x\"", 200)]
    [InlineData(Modified, 206)]
    [InlineData(Earlier, 200)]
    [InlineData(Later, 200)]
    public void Of_IfRange_ServesThePartOnlyOfTheSameFile(string condition, int status) =>
        Select("GET", ("Range", "bytes=0-9"), ("If-Range", condition)).Status.ShouldBe(status);

    [Fact]
    public void Of_HeadWithRange_IsTheWhole() => Select("HEAD", ("Range", "bytes=0-9")).ShouldBe(new ContentSelection(200, 0, 1000));

    [Fact]
    public void Of_EmptyFile_HasNoRange()
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        ContentSelection.Of(context.Request, new EntityTagHeaderValue(Tag), DateTimeOffset.UnixEpoch, 0).ShouldBe(new ContentSelection(200, 0, 0));
        context.Request.Headers.Range = "bytes=0-";
        ContentSelection.Of(context.Request, new EntityTagHeaderValue(Tag), DateTimeOffset.UnixEpoch, 0).Status.ShouldBe(416);
    }

    private static ContentSelection Select(string method, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        foreach (var (name, value) in headers)
        {
            context.Request.Headers[name] = value;
        }

        return ContentSelection.Of(context.Request, new EntityTagHeaderValue(Tag), new DateTimeOffset(2026, 3, 1, 9, 30, 37, TimeSpan.Zero), 1000);
    }
}
