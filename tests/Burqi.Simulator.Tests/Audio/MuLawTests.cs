using System.Security.Cryptography;
using Burqi.Simulator.Audio;

namespace Burqi.Simulator.Tests.Audio;

public sealed class MuLawTests
{
    [Fact]
    public void Decode_EveryByte_IsTheStandardsSample()
    {
        var expected = Vectors.Read("g711").GetProperty("mulawDecode").EnumerateArray().Select(v => v.GetInt16()).ToArray();

        expected.Length.ShouldBe(256);
        Enumerable.Range(0, 256).Select(code => MuLaw.Decode((byte)code)).ShouldBe(expected);
    }

    [Fact]
    public void Encode_EverySample_IsAsAudioopEncodesIt()
    {
        var encoded = Enumerable.Range(short.MinValue, 65536).Select(sample => MuLaw.Encode((short)sample)).ToArray();

        Convert.ToHexStringLower(SHA256.HashData(encoded))
            .ShouldBe(Vectors.Read("g711").GetProperty("sha256OfMulawEncodingOfAllInt16Ascending").GetString());
    }
}
