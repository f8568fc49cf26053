using Burqi.Hosting.Options;
using Npgsql;

namespace Burqi.Hosting.Tests.Options;

public class DatabaseUrlTests
{
    [Fact]
    public void Convert_EverythingGiven_IsWhatNpgsqlReads()
    {
        var text = DatabaseUrl.Convert("X", "postgres://us%40er:p%3Bss%27w%2Ford@[::1]:6543/my%20db?sslmode=verify-full&application_name=burqi&connect_timeout=3", out var error);

        error.ShouldBeNull();
        var connection = new NpgsqlConnectionStringBuilder(text);
        connection.Host.ShouldBe("::1");
        connection.Port.ShouldBe(6543);
        connection.Username.ShouldBe("us@er");
        connection.Password.ShouldBe("p;ss'w/ord");
        connection.Database.ShouldBe("my db");
        connection.SslMode.ShouldBe(SslMode.VerifyFull);
        connection.ApplicationName.ShouldBe("burqi");
        connection.Timeout.ShouldBe(3);
    }

    [Fact]
    public void Convert_HostOnly_LeavesTheRestToNpgsql()
    {
        var connection = new NpgsqlConnectionStringBuilder(DatabaseUrl.Convert("X", "postgresql://db.example.com", out _));

        connection.Host.ShouldBe("db.example.com");
        connection.Port.ShouldBe(5432);
        connection.Database.ShouldBeNull();
    }

    [Theory]
    [InlineData("postgres://")]
    [InlineData("postgres://user:pa/ss@host/db")]
    [InlineData("postgres://user:secret@host/db?nonsense=1")]
    public void Convert_CannotBeRead_SaysWhyWithoutTheSecret(string url)
    {
        DatabaseUrl.Convert("BURQI_DATABASE_URL", url, out var error).ShouldBeNull();

        error.ShouldNotBeNull().ShouldStartWith("BURQI_DATABASE_URL ");
        error.ShouldNotContain("secret");
        error.ShouldNotContain("pa/ss");
    }
}
