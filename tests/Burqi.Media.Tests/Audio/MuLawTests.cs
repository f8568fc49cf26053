using Burqi.Media.Audio;
using Burqi.Media.Tests.Fixtures;

namespace Burqi.Media.Tests.Audio;

public class MuLawTests
{
    [Fact]
    public void Decode_EveryCode_EqualsThePublishedTable()
    {
        var codes = Enumerable.Range(0, 256).Select(code => (byte)code).ToArray();
        var linear = new short[256];

        MuLaw.Decode(codes, linear);

        linear.ShouldBe(Vectors.MuLawTable);
    }
}
