namespace Burqi.Simulator.Calls;

/// <summary>Twilio's identifiers: two letters for the kind of thing and 32 hexadecimal digits.</summary>
internal static class Sid
{
    public static string Call() => New("CA");

    public static string Stream() => New("MZ");

    public static string Recording() => New("RE");

    private static string New(string prefix) => prefix + Guid.NewGuid().ToString("N");
}
