using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Burqi.Architecture.Tests.Rooms;

/// <summary>
/// What a type's code names, read from metadata and from every instruction: bases, interfaces, attributes, fields, signatures, locals,
/// catch clauses, and the members its methods call. Lambdas, iterators and async methods count as the type they were written in.
/// Constants are not seen: the compiler copies their value.
/// </summary>
internal static class CodeUse
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(opCode => opCode.Value);

    /// <summary>The types written in an assembly's source: neither compiled-generated ones nor what a generator added.</summary>
    public static IReadOnlyList<Type> TypesOf(Assembly assembly) => assembly.GetTypes()
        .Where(type => type.Namespace?.StartsWith("Burqi", StringComparison.Ordinal) == true && Written(type) == type)
        .ToArray();

    /// <summary>The members named by the code of a type and of everything compiled out of it.</summary>
    public static IReadOnlyCollection<MemberInfo> MembersUsedBy(Type type)
    {
        var members = new HashSet<MemberInfo>();
        foreach (var part in Parts(type))
        {
            foreach (var method in Methods(part))
            {
                members.UnionWith(Operands(method));
            }
        }

        return members;
    }

    /// <summary>The types named anywhere in a type.</summary>
    public static IReadOnlyCollection<Type> TypesUsedBy(Type type)
    {
        var types = new HashSet<Type>();
        foreach (var part in Parts(type))
        {
            Add(types, part.BaseType);
            AddAll(types, part.GetInterfaces());
            AddAttributes(types, part);
            foreach (var field in part.GetFields(Everything))
            {
                Add(types, field.FieldType);
                AddAttributes(types, field);
            }

            foreach (var property in part.GetProperties(Everything))
            {
                Add(types, property.PropertyType);
                AddAttributes(types, property);
            }

            foreach (var method in Methods(part))
            {
                AddSignature(types, method);
                AddAttributes(types, method);
                var body = method.GetMethodBody();
                AddAll(types, body?.LocalVariables.Select(local => local.LocalType) ?? []);
                AddAll(types, body?.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause).Select(clause => clause.CatchType) ?? []);
                foreach (var member in Operands(method))
                {
                    AddMember(types, member);
                }
            }
        }

        types.RemoveWhere(used => Written(used) == type);
        return types;
    }

    /// <summary>The type whose source a type was compiled from: itself, or the one that holds the lambda or the async method.</summary>
    public static Type Written(Type type)
    {
        while (type.DeclaringType is { } outer
            && (type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || type.Name.StartsWith('<') || type.Name == "Log"))
        {
            type = outer;
        }

        return type;
    }

    private static IEnumerable<Type> Parts(Type type) => type.GetNestedTypes(Everything)
        .Where(nested => Written(nested) == type)
        .SelectMany(Parts)
        .Prepend(type);

    private static IEnumerable<MethodBase> Methods(Type type) => type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything));

    private static IEnumerable<MemberInfo> Operands(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var typeArguments = method.DeclaringType is { IsGenericType: true } declaring ? declaring.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at < code.Length;)
        {
            // Two-byte instructions begin with 0xFE; OpCode.Value holds both bytes, the prefix first.
            var value = code[at++] is var first && first == 0xFE ? unchecked((short)(0xFE00 | code[at++])) : first;
            var opCode = OpCodesByValue[value];
            if (opCode.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                yield return method.Module.ResolveMember(BitConverter.ToInt32(code, at), typeArguments, methodArguments)!;
            }

            at += OperandSize(opCode.OperandType, code, at);
        }
    }

    private static int OperandSize(OperandType operand, byte[] code, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
        _ => 4,
    };

    private static void AddMember(HashSet<Type> types, MemberInfo member)
    {
        switch (member)
        {
            case Type type:
                Add(types, type);
                break;
            case FieldInfo field:
                Add(types, field.DeclaringType);
                Add(types, field.FieldType);
                break;
            case MethodBase method:
                Add(types, method.DeclaringType);
                AddSignature(types, method);
                break;
        }
    }

    private static void AddSignature(HashSet<Type> types, MethodBase method)
    {
        AddAll(types, method.GetParameters().Select(parameter => parameter.ParameterType));
        AddAll(types, method.IsGenericMethod ? method.GetGenericArguments() : []);
        Add(types, (method as MethodInfo)?.ReturnType);
    }

    private static void AddAttributes(HashSet<Type> types, MemberInfo member) => AddAll(types, member.GetCustomAttributesData().Select(attribute => attribute.AttributeType));

    private static void AddAll(HashSet<Type> types, IEnumerable<Type?> added)
    {
        foreach (var type in added)
        {
            Add(types, type);
        }
    }

    private static void Add(HashSet<Type> types, Type? type)
    {
        while (type is { HasElementType: true })
        {
            type = type.GetElementType();
        }

        if (type is null)
        {
            return;
        }

        if (type.IsGenericParameter)
        {
            AddAll(types, type.GetGenericParameterConstraints().Where(constraint => !constraint.ContainsGenericParameters));
            return;
        }

        if (!types.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type))
        {
            // Seen before as a definition, yet with other arguments perhaps.
            AddAll(types, type.GetGenericArguments().Where(argument => !argument.IsGenericParameter && !types.Contains(argument)));
            return;
        }

        AddAll(types, type.GetGenericArguments().Where(argument => !argument.IsGenericParameter));
    }
}
