using System.Globalization;
using System.Text.RegularExpressions;

namespace Burqi.Architecture.Tests.Compose;

/// <summary>Everything docker-compose.yml names exists, and the stack is closed where it must be.</summary>
public sealed partial class ComposeFileTests
{
    private static readonly ComposeFile Stack = ComposeFile.Stack;

    [Fact]
    public void Services_Present_AreTheWholeDistributedStack() => Stack.Services.Select(service => service.Name).ShouldBe(
        [
            "load-balancer", "ingress-1", "ingress-2", "media-1", "media-2", "archiver", "catalog",
            "postgres", "rabbitmq", "s3", "create-bucket", "azurite", "otel-collector",
        ],
        ignoreOrder: true);

    [Fact]
    public void Image_Pulled_IsPinnedToAnExactVersion() => Rule.HoldsFor(
        Stack.Services.Where(service => service.Dockerfile is null).Select(service => service.Image),
        image => ExactTag().IsMatch(image) ? [] : [image],
        "the stack that starts today is the one that starts next year");

    [Fact]
    public void Image_Built_HasItsDockerfile() => Rule.HoldsFor(
        Stack.Services.Where(service => service.Dockerfile is not null),
        service => service.BuildContext == "." && Repository.Exists(service.Dockerfile!) ? [] : [$"{service}: {service.BuildContext} {service.Dockerfile}"],
        "make up builds it");

    [Fact]
    public void Service_LongRunning_HasAHealthCheck() => Rule.HoldsFor(
        Stack.Services.Where(service => !service.IsOneShot),
        service => service.HealthTest is ["CMD", _, ..] and not ["CMD", "true" or "echo", ..] ? [] : [$"{service} has no health check"],
        "docker compose up --wait waits for nothing else");

    [Fact]
    public void Service_OneShot_IsWaitedForByAnother() => Rule.HoldsFor(
        Stack.Services.Where(service => service.IsOneShot),
        service => Stack.Services.Any(other => other.DependsOn.GetValueOrDefault(service.Name) == "service_completed_successfully")
            ? []
            : [$"{service} may fail unseen, and docker compose up --wait would take its end for a fault"],
        "a step that nobody waits for proves nothing");

    [Fact]
    public void OurService_HealthCheck_AsksTheHostItself() => Rule.HoldsFor(
        Stack.Services.Where(service => service.IsOurs),
        service =>
        {
            var entry = ImageFile.All.Single(image => image.Path == service.Dockerfile).EntryPoint;
            return service.HealthTest.SequenceEqual(["CMD", .. entry, "--health"]) ? [] : [$"{service}: {string.Join(' ', service.HealthTest)}"];
        },
        "the image has no shell and no curl: the host asks its own /health/ready");

    [Fact]
    public void DependsOn_Names_ExistingServicesThatCanMeetTheCondition() => Rule.HoldsFor(
        Stack.Services.SelectMany(service => service.DependsOn.Select(dependency => (service, dependency))),
        pair => Stack.Services.SingleOrDefault(service => service.Name == pair.dependency.Key) switch
        {
            null => [$"{pair.service} depends on {pair.dependency.Key}, which does not exist"],
            { IsOneShot: true } when pair.dependency.Value != "service_completed_successfully" => [$"{pair.service} waits for the health of {pair.dependency.Key}, which ends"],
            { IsOneShot: false } when pair.dependency.Value != "service_healthy" => [$"{pair.service} does not wait until {pair.dependency.Key} is healthy"],
            _ => [],
        },
        "an order of start without a condition is a race");

    [Fact]
    public void Mount_OfAFile_Exists() => Rule.HoldsFor(
        Stack.Services.SelectMany(service => service.Mounts.Where(mount => mount.Source.StartsWith('.')).Select(mount => (service, mount))),
        pair => File.Exists(Repository.Absolute(pair.mount.Source)) ? [] : [$"{pair.service} mounts {pair.mount.Source}"],
        "Docker makes an empty folder in place of a missing file");

    [Fact]
    public void Volumes_Declared_AreEachUsedByOneService()
    {
        var uses = Stack.Services.SelectMany(service => service.NamedVolumes.Select(volume => (volume, service.Name))).ToArray();

        uses.Select(use => use.volume).Distinct(StringComparer.Ordinal).ShouldBe(Stack.Volumes, ignoreOrder: true);
        Rule.HoldsFor(
            uses.GroupBy(use => use.volume, StringComparer.Ordinal),
            group => group.Count() == 1 ? [] : [$"{group.Key} is shared by {string.Join(", ", group.Select(use => use.Name))}"],
            "a spool and a recordings folder have one owner");
    }

    [Theory]
    [InlineData("ingress-1", "ingress-2")]
    [InlineData("media-1", "media-2")]
    public void Replicas_Differ_InVolumeNameAndOwnAddressOnly(string first, string second)
    {
        var (one, two) = (Stack.Service(first), Stack.Service(second));

        one.Image.ShouldBe(two.Image);
        one.Mounts.Select(mount => mount.Target).ShouldBe(two.Mounts.Select(mount => mount.Target));
        one.NamedVolumes.ShouldNotBeEmpty();
        one.NamedVolumes.Intersect(two.NamedVolumes).ShouldBeEmpty();
        one.Environment.Keys.ShouldBe(two.Environment.Keys);
        one.Environment.Where(variable => two.Environment[variable.Key] != variable.Value).Select(variable => variable.Key)
            .ShouldBe(first.StartsWith("media", StringComparison.Ordinal) ? ["BURQI_MEDIA_BASE_URL", "BURQI_MEDIA_NODE"] : [], ignoreOrder: true);
    }

    [Fact]
    public void Networks_Used_AreThoseDeclared()
    {
        Stack.Services.SelectMany(service => service.Networks).Distinct(StringComparer.Ordinal).ShouldBe(Stack.Networks.Keys, ignoreOrder: true);
        ((IDictionary<object, object?>)Stack.Networks["internal"]!)["internal"].ShouldBe("true");
        Stack.Services.ShouldAllBe(service => service.Networks.Contains("internal"));
    }

    [Fact]
    public void Ports_Published_AreTheLoadBalancersOnly()
    {
        Stack.Services.Where(service => service.Ports.Count > 0).Select(service => service.Name).ShouldBe(["load-balancer"]);
        Stack.Services.Where(service => service.Networks.Contains("edge")).Select(service => service.Name).ShouldBe(["load-balancer"]);
        Stack.Services.Where(service => service.Networks.Contains("egress")).Select(service => service.Name).ShouldBe(["media-1", "media-2", "archiver"]);
    }

    [Fact]
    public void Service_Privileges_AreDropped() => Rule.HoldsFor(
        Stack.Services,
        service =>
        [
            .. service.DroppedCapabilities.SequenceEqual(["ALL"]) ? Array.Empty<string>() : [$"{service} keeps capabilities"],
            .. service.SecurityOptions.Contains("no-new-privileges:true") ? Array.Empty<string>() : [$"{service} may gain privileges"],
            .. !service.IsOurs || service.IsReadOnly ? Array.Empty<string>() : [$"{service} may write to its root"],
        ],
        "what a service does not need, whoever breaks into it does not get");

    [Fact]
    public void Variable_OfOurServices_IsReadByTheirCode() => Rule.HoldsFor(
        Stack.Services.Where(service => service.IsOurs).SelectMany(service => service.Environment.Keys.Select(variable => (service, variable))),
        pair => ConfigurationKeys.ReadBy(pair.service.Dockerfile!.Split('/')[1]).Contains(pair.variable) ? [] : [$"{pair.service} is given {pair.variable}, which its code never reads"],
        "a misspelt variable is a default nobody wanted");

    [Fact]
    public void Variables_OfTheEnvironmentFile_AreThoseTheStackUses() => Stack.Variables.Select(variable => variable.Name).Distinct(StringComparer.Ordinal)
        .ShouldBe(ExampleVariables(), ignoreOrder: true, ".env.example is the list of what there is to set");

    [Fact]
    public void Variable_WithoutDefault_IsRequiredWithAMessage() => Rule.HoldsFor(
        Stack.Variables,
        variable => variable.IsRequired || variable.HasDefault ? [] : [$"${{{variable.Name}}} becomes an empty string when it is unset"],
        "a missing secret stops the start and says its name");

    [Fact]
    public void Secret_InTheStack_HasNoDefault() => Rule.HoldsFor(
        Stack.Variables.Where(variable => Secret().IsMatch(variable.Name)),
        variable => variable.IsRequired ? [] : [$"{variable.Name} has a default"],
        "a secret that everybody knows is none");

    [Fact]
    public void Address_InEnvironment_NamesAServiceOfTheStack()
    {
        var ports = new Dictionary<string, int>(StringComparer.Ordinal) { ["postgres"] = 5432, ["rabbitmq"] = 5672, ["s3"] = 8333, ["otel-collector"] = 4317 };
        foreach (var service in Stack.Services.Where(service => service.IsOurs))
        {
            ports[service.Name] = ImageFile.All.Single(image => image.Path == service.Dockerfile).Ports.ShouldHaveSingleItem();
        }

        ports.Keys.Except(Stack.Services.Select(service => service.Name)).ShouldBeEmpty();
        Rule.HoldsFor(
            Stack.Services.SelectMany(service => service.Environment.SelectMany(variable => Address().Matches(variable.Value).Select(address => (service, variable.Key, address)))),
            found =>
            {
                var (host, port) = (found.address.Groups["host"].Value, int.Parse(found.address.Groups["port"].Value, CultureInfo.InvariantCulture));
                return ports.GetValueOrDefault(host == "0.0.0.0" ? found.service.Name : host) == port ? [] : [$"{found.service}: {found.Key} names {host}:{port}"];
            },
            "a service that is not there is found out by the first call");
        Rule.HoldsFor(
            Stack.Services.Where(service => service.Environment.ContainsKey("BURQI_MEDIA_BASE_URL")),
            service => service.Environment["BURQI_MEDIA_BASE_URL"] == $"http://{service.Name}:8080" ? [] : [$"{service} says it is {service.Environment["BURQI_MEDIA_BASE_URL"]}"],
            "a recording is fetched from the replica that has it");
    }

    private static string[] ExampleVariables() => Repository.Read(".env.example").Split('\n')
        .Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
        .Select(line => line.Split('=')[0])
        .ToArray();

    [GeneratedRegex(@":v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$")]
    private static partial Regex ExactTag();

    /// <summary>TWILIO_API_KEY is an identifier, and optional.</summary>
    [GeneratedRegex("PASSWORD|TOKEN|SECRET_KEY|ACCESS_KEY|API_KEYS")]
    private static partial Regex Secret();

    [GeneratedRegex(@"://(?:[^@/\s]*@)?(?<host>[a-z0-9.-]+):(?<port>\d+)")]
    private static partial Regex Address();
}
