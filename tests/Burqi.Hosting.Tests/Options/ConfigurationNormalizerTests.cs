using Burqi.Hosting.Options;
using Microsoft.Extensions.Configuration;

namespace Burqi.Hosting.Tests.Options;

public class ConfigurationNormalizerTests
{
    [Fact]
    public void Normalize_BlankValue_CountsAsUnset()
    {
        using var configuration = Read(("TWILIO_AUTH_TOKEN", "  "), ("TWILIO_CALLER_ID", "kept"));

        ConfigurationNormalizer.Normalize(configuration).ShouldBeEmpty();

        configuration["TWILIO_AUTH_TOKEN"].ShouldBeNull();
        configuration["TWILIO_CALLER_ID"].ShouldBe("kept");
    }

    [Fact]
    public void Normalize_DatabaseUrl_BecomesConnectionStringUnderTheSameName()
    {
        using var configuration = Read(("BURQI_DATABASE_URL", "postgres://burqi@localhost:5433/burqi"));

        ConfigurationNormalizer.Normalize(configuration).ShouldBeEmpty();

        configuration["BURQI_DATABASE_URL"].ShouldBe("Host=localhost;Port=5433;Username=burqi;Database=burqi", StringCompareShould.IgnoreCase);
    }

    [Fact]
    public void Normalize_ConnectionString_StaysAsItIs()
    {
        using var configuration = Read(("BURQI_DATABASE_URL", "Host=a;Database=b"));

        ConfigurationNormalizer.Normalize(configuration).ShouldBeEmpty();

        configuration["BURQI_DATABASE_URL"].ShouldBe("Host=a;Database=b");
    }

    [Fact]
    public void Normalize_LogLevels_AreDefaultsThatTheServiceMayChange()
    {
        using var configuration = Read(("Logging:LogLevel:MassTransit", "Debug"));

        ConfigurationNormalizer.Normalize(configuration).ShouldBeEmpty();

        configuration["Logging:LogLevel:MassTransit"].ShouldBe("Debug");
        configuration["Logging:LogLevel:Microsoft.AspNetCore"].ShouldBe("Warning");
    }

    private static ConfigurationManager Read(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        return configuration;
    }
}
