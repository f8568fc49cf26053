using System.Text.Json.Serialization;
using Burqi.Cli.Doctor.Twilio;

namespace Burqi.Cli.Doctor;

/// <summary>All that a self-test has to say.</summary>
/// <param name="Addresses">The public addresses; empty while <c>CALLBACK_URI_HOST</c> is of no use.</param>
/// <param name="Sample">A request as it would be signed; null where there is no address or no token.</param>
/// <param name="Findings">What was looked at, in the order in which to put it right.</param>
internal sealed record DoctorReport(IReadOnlyList<PublicRoute> Addresses, SignedSample? Sample, IReadOnlyList<Finding> Findings)
{
    /// <summary>The worst of the findings.</summary>
    public Severity Worst => Findings.Count == 0 ? Severity.Ok : Findings.Max(finding => finding.Severity);
}

/// <summary>A request as Twilio would sign it, for comparison with what a proxy's log or another library makes of it.</summary>
/// <param name="Method">The request's method.</param>
/// <param name="Url">Where it goes.</param>
/// <param name="Parameters">The form's parameters.</param>
/// <param name="StringToSign">The very string that is signed: the URL, then each parameter's name and value, by name.</param>
/// <param name="SignatureBegins">The first characters of the signature; the rest would let others send it.</param>
internal sealed record SignedSample(string Method, string Url, IReadOnlyDictionary<string, string> Parameters, string StringToSign, string SignatureBegins);

/// <summary>How a report is written for programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJsonContext : JsonSerializerContext;
