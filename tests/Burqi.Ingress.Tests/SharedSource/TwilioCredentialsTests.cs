using System.Text;
using Burqi.Twilio;

namespace Burqi.Ingress.Tests.SharedSource;

public sealed class TwilioCredentialsTests
{
    private const string Ours = "AC00000000000000000000000000000001";
    private const string Sales = "AC00000000000000000000000000000002";
    private const string Support = "AC00000000000000000000000000000003";

    [Fact]
    public void Read_NothingSet_HasAnEmptyDefaultAlone()
    {
        var credentials = Read();

        credentials.Named.ShouldBeEmpty();
        credentials.Problems.ShouldBeEmpty();
        credentials.Default.Lack.ShouldBe(
            "There are no credentials for Twilio: set TWILIO_API_KEY and TWILIO_API_SECRET, or TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.");
        Should.Throw<InvalidOperationException>(credentials.Default.Authorization);
    }

    [Fact]
    public void Read_Names_EachHasItsOwnVariables()
    {
        var credentials = Read(
            ("TWILIO_ACCOUNT_SID", Ours), ("TWILIO_AUTH_TOKEN", " ours "), ("TWILIO_CREDENTIALS", " sales, Help-Desk ,"),
            ("TWILIO_SALES_ACCOUNT_SID", Sales), ("TWILIO_SALES_AUTH_TOKEN", "theirs"),
            ("TWILIO_HELP_DESK_ACCOUNT_SID", Support), ("TWILIO_HELP_DESK_AUTH_TOKEN", "b"), ("TWILIO_HELP_DESK_API_KEY", "SK1"), ("TWILIO_HELP_DESK_API_SECRET", "secret"));

        credentials.Problems.ShouldBeEmpty();
        SignIn(credentials.Default).ShouldBe($"{Ours}:ours");
        SignIn(credentials.Find("sales")!).ShouldBe($"{Sales}:theirs");
        SignIn(credentials.Find("help-desk")!).ShouldBe("SK1:secret");
        credentials.Find("help-desk")!.SignsInWith.ShouldBe("TWILIO_HELP_DESK_API_KEY and TWILIO_HELP_DESK_API_SECRET");
        credentials.MissingToken.ShouldBeEmpty();
    }

    [Fact]
    public void Choose_ForACall_ByAssistantElseAccountElseDefault()
    {
        var credentials = Read(
            ("TWILIO_ACCOUNT_SID", Ours), ("TWILIO_AUTH_TOKEN", "ours"), ("TWILIO_CREDENTIALS", "sales,support"),
            ("TWILIO_SALES_ACCOUNT_SID", Sales), ("TWILIO_SALES_AUTH_TOKEN", "a"), ("TWILIO_SUPPORT_ACCOUNT_SID", Support), ("TWILIO_SUPPORT_AUTH_TOKEN", "b"));

        credentials.Choose("SUPPORT", Sales)!.Name.ShouldBe("support");
        credentials.Choose(null, Sales)!.Name.ShouldBe("sales");
        credentials.Choose("", Sales)!.Name.ShouldBe("sales");
        credentials.Choose(null, Ours)!.Name.ShouldBeNull();
        credentials.Choose(null, "AC00000000000000000000000000000009")!.Name.ShouldBeNull();
        credentials.Choose(null, null)!.Name.ShouldBeNull();
        credentials.Choose("billing", Sales).ShouldBeNull();
        TwilioCredentials.Missing("billing").ShouldContain("TWILIO_BILLING_ACCOUNT_SID");
    }

    [Fact]
    public void Read_WhatIsWrong_IsSaidInOneSentenceEachAndRepeatsNoSecret()
    {
        var credentials = Read(
            ("TWILIO_ACCOUNT_SID", "secret-1"), ("TWILIO_API_KEY", "secret-2"), ("TWILIO_CREDENTIALS", "a,A,b-c,b_c,secret 3,d"),
            ("TWILIO_A_ACCOUNT_SID", Sales), ("TWILIO_A_AUTH_TOKEN", "secret-4"), ("TWILIO_B_C_ACCOUNT_SID", Sales), ("TWILIO_B_C_AUTH_TOKEN", "secret-5"));

        credentials.Problems.ShouldBe(
            [
                "TWILIO_CREDENTIALS names 'A' twice: names that differ in case, or in _ and -, have the same variables.",
                "TWILIO_CREDENTIALS names 'b_c' twice: names that differ in case, or in _ and -, have the same variables.",
                "TWILIO_CREDENTIALS holds a name that is none: give 1 to 64 letters, digits, _ and - for each, with commas between them.",
                "TWILIO_ACCOUNT_SID is not an account sid: it has AC and 32 hexadecimal digits.",
                "TWILIO_API_SECRET is missing: TWILIO_API_KEY is set, and neither is of use without the other.",
                "TWILIO_API_KEY does not name an API key: its sid begins with SK. An account signs in by TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.",
                "TWILIO_D_ACCOUNT_SID is missing: TWILIO_CREDENTIALS names 'd', and a set of credentials belongs to an account.",
                "TWILIO_A_AUTH_TOKEN and TWILIO_B_C_AUTH_TOKEN differ, and are of one account: an account has one primary token.",
            ]);
        credentials.All.Select(set => set.ToString()).ShouldBe(["default", "a", "b-c", "d"]);
    }

    [Fact]
    public void Read_NameWithoutToken_IsRefusedAlsoWithAKey()
    {
        const string Missing = "TWILIO_SALES_AUTH_TOKEN is missing: without it Twilio's signatures cannot be checked.";

        Read(("TWILIO_CREDENTIALS", "sales"), ("TWILIO_SALES_ACCOUNT_SID", Sales)).Problems.ShouldBe([Missing]);
        Read(("TWILIO_CREDENTIALS", "sales"), ("TWILIO_SALES_ACCOUNT_SID", Sales), ("TWILIO_SALES_API_KEY", "SK1"), ("TWILIO_SALES_API_SECRET", "secret"))
            .Problems.ShouldBe([Missing]);
        Read().MissingToken.ShouldBe(["TWILIO_AUTH_TOKEN is missing: without it Twilio's signatures cannot be checked."]);
    }

    [Fact]
    public void Lack_TokenWithoutAccount_SaysWhatIsMissing() =>
        Read(("TWILIO_AUTH_TOKEN", "ours")).Default.Lack.ShouldBe(
            "The credentials for Twilio are not whole: TWILIO_AUTH_TOKEN is of no use without TWILIO_ACCOUNT_SID.");

    private static TwilioCredentials Read(params (string Name, string Value)[] settings) =>
        TwilioCredentials.Read(settings.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal).GetValueOrDefault);

    private static string SignIn(TwilioCredentialSet set) => Encoding.UTF8.GetString(Convert.FromBase64String(set.Authorization().Parameter!));
}
