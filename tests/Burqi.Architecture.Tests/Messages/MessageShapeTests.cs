using System.Reflection;
using System.Runtime.CompilerServices;

namespace Burqi.Architecture.Tests.Messages;

/// <summary>A message has no behaviour: a sealed record, nothing declared but properties that are set once.</summary>
public sealed class MessageShapeTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    private static IEnumerable<Type> Messages => Product.Contracts.GetExportedTypes().Where(type => !IsStatic(type));

    [Fact]
    public void Message_Type_IsASealedRecordWithoutBase() => Rule.HoldsFor(
        Messages,
        message =>
        [
            .. message.GetMethod("<Clone>$") is null ? [$"{message} is not a record"] : Array.Empty<string>(),
            .. message.IsSealed ? Array.Empty<string>() : [$"{message} is not sealed"],
            .. message.BaseType == typeof(object) ? Array.Empty<string>() : [$"{message} has the base {message.BaseType}"],
            .. message.GetInterfaces().Where(type => type != typeof(IEquatable<>).MakeGenericType(message)).Select(type => $"{message} implements {type}"),
        ],
        "a base class or an interface would become part of the wire identity");

    [Fact]
    public void Message_Members_ArePropertiesOnly() => Rule.HoldsFor(
        Messages,
        message => message.GetMembers(Declared)
            .Where(member => member is not PropertyInfo && !member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            .Where(member => !IsAccessor(member) && !IsOfEveryRecord(member))
            .Select(member => $"{message}.{member.Name} is a {member.MemberType}"),
        "a message carries data; what to do with it is each service's own affair");

    [Fact]
    public void Message_Properties_AreInitOnlyAndRequiredOrNullable() => Rule.HoldsFor(
        Messages.SelectMany(message => message.GetProperties(Declared).Where(property => property.Name != "EqualityContract")),
        property =>
        [
            .. IsInitOnly(property) ? Array.Empty<string>() : [$"{property.DeclaringType}.{property.Name} is not init-only"],
            .. property.IsDefined(typeof(RequiredMemberAttribute)) || IsNullable(property)
                ? Array.Empty<string>()
                : [$"{property.DeclaringType}.{property.Name} is neither required nor nullable: a default would hide that it is missing"],
        ],
        "an absent value must be seen as absent");

    [Fact]
    public void Vocabulary_Members_AreStringConstants() => Rule.HoldsFor(
        Product.Contracts.GetExportedTypes().Where(IsStatic),
        vocabulary => vocabulary.GetMembers(Declared)
            .Where(member => member is not FieldInfo { IsLiteral: true } field || field.FieldType != typeof(string))
            .Select(member => $"{vocabulary}.{member.Name} is not a string constant"),
        "an enum's number or a method's answer would become part of the wire");

    private static bool IsStatic(Type type) => type is { IsAbstract: true, IsSealed: true };

    private static bool IsNullable(PropertyInfo property) =>
        Nullable.GetUnderlyingType(property.PropertyType) is not null
        || (!property.PropertyType.IsValueType && Nullability.Create(property).ReadState == NullabilityState.Nullable);

    private static bool IsInitOnly(PropertyInfo property) =>
        property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;

    private static bool IsAccessor(MemberInfo member) => member is MethodInfo { IsSpecialName: true } method
        && (method.Name.StartsWith("get_", StringComparison.Ordinal) || method.Name.StartsWith("set_", StringComparison.Ordinal));

    /// <summary>Members the compiler gives every record and does not mark as its own, constructors without a body of ours included.</summary>
    private static bool IsOfEveryRecord(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => constructor.GetParameters() is [] || constructor.GetParameters() is [{ } only] && only.ParameterType == member.DeclaringType,
        FieldInfo field => field.Name.StartsWith('<'),
        _ => false,
    };
}
