using System.Text.RegularExpressions;

namespace Burqi.Architecture.Tests.Rooms;

/// <summary>A cloud SDK's types stay in the folder of their store, or of what others put into one; SQL stays with the schema it belongs to.</summary>
public sealed partial class StoreRoomsTests
{
    [Fact]
    public void CloudSdk_UsedFrom_ItsStoreFolderOnly() => Rule.HoldsFor(
        Product.Services.SelectMany(service => CodeUse.TypesOf(service.Assembly)),
        type => CodeUse.TypesUsedBy(type)
            .Where(used => CloudNamespace().IsMatch(used.Namespace ?? "") && !StoreNamespace().IsMatch(type.Namespace!))
            .Select(used => $"{type.FullName} uses {used.FullName}"),
        "the port speaks of streams and object keys, so that another store is one more folder");

    [Fact]
    public void CloudSdk_Used_InBothServicesThatHaveAStore() => Rule.HoldsFor(
        Product.Services.Where(service => service.Name is "archiver" or "catalog"),
        service => CodeUse.TypesOf(service.Assembly).Any(type => CodeUse.TypesUsedBy(type).Any(used => CloudNamespace().IsMatch(used.Namespace ?? "")))
            ? []
            : [$"{service} uses no cloud SDK"],
        "the rule above would look at nothing");

    [Fact]
    public void DatabaseDriver_UsedFrom_ArchiverAndCatalogOnly() => Rule.HoldsFor(
        Product.Assemblies.Where(assembly => assembly.GetName().Name is not ("Burqi.Archiver" or "Burqi.Catalog")),
        assembly => assembly.GetReferencedAssemblies()
            .Where(reference => reference.Name is "Npgsql" or "Dapper")
            .Select(reference => $"{assembly.GetName().Name} uses {reference.Name}"),
        "of the services, only those with a schema speak SQL");

    [Theory]
    [InlineData("archiver", "catalog")]
    [InlineData("catalog", "archiver")]
    public void Sql_OfOneSchema_NeverNamesTheOther(string owner, string other)
    {
        var files = Repository.Files($"services/{owner}", ".cs").Concat(Repository.Files($"services/{owner}", ".sql")).ToArray();

        files.ShouldContain(path => QualifiedTable(owner).IsMatch(Repository.Read(path)), $"{owner} writes its own schema's name before its tables");
        files.Where(path => QualifiedTable(other).IsMatch(Repository.Read(path))).ShouldBeEmpty($"{owner} learns what {other} knows by message");
    }

    [Fact]
    public void Sql_Files_LieInArchiverAndCatalogOnly() => Rule.HoldsFor(
        Repository.Files("services", ".sql"),
        path => path.StartsWith("services/archiver/", StringComparison.Ordinal) || path.StartsWith("services/catalog/", StringComparison.Ordinal) ? [] : [path],
        "a migration belongs to the owner of the schema");

    /// <summary><c>catalog.recordings</c> as SQL writes it: lower case and not part of a longer name.</summary>
    private static Regex QualifiedTable(string schema) => new($@"(?<![\w./-]){schema}\.(?:migrations|[a-z_]+)\b(?!\()", RegexOptions.CultureInvariant);

    [GeneratedRegex(@"^(Amazon|Azure)(\.|$)")]
    private static partial Regex CloudNamespace();

    [GeneratedRegex(@"\.(Stores|Content)\.(S3|AzureBlob)$|\.Sources\.Buckets$|^Burqi\.AzureBlob$|^Burqi\.Encryption\.AwsKms$")]
    private static partial Regex StoreNamespace();
}
