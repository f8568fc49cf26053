using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Burqi.Contracts.Tests;

public sealed class PublicSurfaceTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static TheoryData<Type> AllMessages => Messages.Theory;

    [Fact]
    public void PublicSurface_IsPinned()
    {
        var surface = string.Join('\n', Messages.Assembly.GetExportedTypes()
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .SelectMany(type => Members(type).Prepend(type.FullName!)));

        surface.ShouldBe(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "PublicSurface.txt")).TrimEnd());
    }

    [Fact]
    public void Assembly_HoldsNothingThatIsNotPublic() =>
        Messages.Assembly.GetTypes().Where(type => !type.IsVisible && !type.IsDefined(typeof(CompilerGeneratedAttribute))).ShouldBeEmpty();

    [Fact]
    public void Assembly_References_AreTheBaseLibraryAlone() =>
        Messages.Assembly.GetReferencedAssemblies().Select(reference => reference.Name).ShouldBe(["System.Runtime", "System.Collections"], ignoreOrder: true);

    [Theory]
    [MemberData(nameof(AllMessages))]
    public void Message_IsASealedRecordOfNothingButInitOnlyProperties(Type message)
    {
        message.IsSealed.ShouldBeTrue();
        message.BaseType.ShouldBe(typeof(object));
        message.GetInterfaces().ShouldBe([typeof(IEquatable<>).MakeGenericType(message)]);
        message.GetMethod("<Clone>$").ShouldNotBeNull("it is not a record");

        message.GetProperties(Declared).Where(property => property.Name != "EqualityContract").ShouldNotBeEmpty();
        foreach (var property in message.GetProperties(Declared).Where(property => property.Name != "EqualityContract"))
        {
            property.GetMethod!.IsPublic.ShouldBeTrue(property.Name);
            property.GetMethod.IsStatic.ShouldBeFalse(property.Name);
            property.SetMethod.ShouldNotBeNull(property.Name).ReturnParameter.GetRequiredCustomModifiers().ShouldContain(typeof(IsExternalInit), property.Name);

            // Behind it stands the compiler's field: the property computes nothing.
            message.GetField($"<{property.Name}>k__BackingField", Declared).ShouldNotBeNull(property.Name);
        }

        Written(message.GetMethods(Declared).Where(method => !method.IsSpecialName)).ShouldBeEmpty();
        Written(message.GetFields(Declared)).ShouldBeEmpty();
        Written(message.GetConstructors(Declared).Where(constructor => constructor.GetParameters().Length > 0 && !IsCopy(constructor, message))).ShouldBeEmpty();
        message.GetEvents(Declared).ShouldBeEmpty();
        message.GetNestedTypes(Declared).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(AllMessages))]
    public void Message_Nullability_SaysWhatIsRequired(Type message)
    {
        var nullability = new NullabilityInfoContext();
        foreach (var property in message.GetProperties())
        {
            var mayBeNull = nullability.Create(property).ReadState == NullabilityState.Nullable;
            property.IsDefined(typeof(RequiredMemberAttribute), inherit: false).ShouldBe(!mayBeNull, property.Name);
        }
    }

    [Theory]
    [MemberData(nameof(AllMessages))]
    public void Message_PropertyTypes_AreThoseThatEveryReaderUnderstands(Type message)
    {
        Type[] plain = [typeof(string), typeof(Guid), typeof(int), typeof(long), typeof(bool), typeof(DateTimeOffset)];
        message.GetProperties().Select(property => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType).Distinct().Except(plain).ShouldBeEmpty();
    }

    [Fact]
    public void EveryTypeAndMember_IsDocumented()
    {
        var documented = XDocument.Load(Path.ChangeExtension(Messages.Assembly.Location, ".xml"))
            .Descendants("member")
            .Where(member => !string.IsNullOrWhiteSpace(member.Element("summary")?.Value) || member.Element("summary")?.HasElements == true)
            .Select(member => member.Attribute("name")!.Value)
            .ToHashSet();

        var members = Messages.Assembly.GetExportedTypes().SelectMany(type => type.GetProperties(Declared)
            .Where(property => property.Name != "EqualityContract")
            .Select(property => $"P:{type.FullName}.{property.Name}")
            .Concat(type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => $"F:{type.FullName}.{field.Name}"))
            .Prepend($"T:{type.FullName}")).ToArray();

        members.ShouldNotBeEmpty();
        members.Except(documented).ShouldBeEmpty();
    }

    [Fact]
    public void ConstantLists_HoldDistinctLowerCaseWords()
    {
        foreach (var list in Messages.Assembly.GetExportedTypes().Except(Messages.All))
        {
            var values = list.GetFields(Declared).Select(field => { field.IsLiteral.ShouldBeTrue(field.Name); return (string)field.GetRawConstantValue()!; }).ToArray();
            values.ShouldBeUnique();
            values.ShouldAllBe(value => value.Length > 0 && value.All(character => char.IsAsciiLetterLower(character) || character == '-'));
            list.GetMethods(Declared).ShouldBeEmpty();
        }
    }

    // What a person wrote: the compiler marks what it adds to a record, but for a few members it is known by name.
    private static IEnumerable<MemberInfo> Written(IEnumerable<MemberInfo> members) =>
        members.Where(member => !member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false));

    private static bool IsCopy(ConstructorInfo constructor, Type message) => constructor.GetParameters() is [var only] && only.ParameterType == message;

    private static IEnumerable<string> Members(Type type)
    {
        var nullability = new NullabilityInfoContext();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        {
            var underlying = Nullable.GetUnderlyingType(property.PropertyType);
            var optional = underlying is not null || nullability.Create(property).ReadState == NullabilityState.Nullable;
            var required = property.IsDefined(typeof(RequiredMemberAttribute), inherit: false);
            yield return $"  {(required ? "required " : "")}{(underlying ?? property.PropertyType).Name}{(optional ? "?" : "")} {property.Name}";
        }

        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        {
            yield return $"  const {field.Name} = {field.GetRawConstantValue()}";
        }
    }
}
