using System.Reflection;

namespace Burqi.Architecture.Tests.Rooms;

/// <summary>The rooms are only as good as the eye that looks into them: each way of naming a type is seen.</summary>
public sealed class CodeUseTests
{
    [Theory]
    [InlineData(typeof(InField))]
    [InlineData(typeof(InParameter))]
    [InlineData(typeof(InLocal))]
    [InlineData(typeof(InLambda))]
    [InlineData(typeof(InAsyncMethod))]
    [InlineData(typeof(InIterator))]
    [InlineData(typeof(InGenericArgument))]
    [InlineData(typeof(InCatch))]
    [InlineData(typeof(InAttribute))]
    [InlineData(typeof(InBase))]
    [InlineData(typeof(InStaticCall))]
    [InlineData(typeof(InTypeOf))]
    public void TypesUsedBy_TypeNamedInThatPlace_IsSeen(Type user) =>
        CodeUse.TypesUsedBy(user).ShouldContain(used => used == typeof(Named) || used == typeof(NamedException) || used == typeof(NamedAttribute));

    [Fact]
    public void TypesUsedBy_TypeNotNamed_IsNotSeen() => CodeUse.TypesUsedBy(typeof(Innocent)).ShouldNotContain(typeof(Named));

    [Fact]
    public void MembersUsedBy_CallInsideLambda_IsSeen() =>
        CodeUse.MembersUsedBy(typeof(InLambda)).OfType<MethodInfo>().ShouldContain(method => method.Name == nameof(Named.Create));

    private class Named
    {
        public static Named Create() => new();
    }

#pragma warning disable RCS1194 // Only caught, never thrown.
    private sealed class NamedException : Exception;
#pragma warning restore RCS1194

    [AttributeUsage(AttributeTargets.All)]
    private sealed class NamedAttribute : Attribute;

#pragma warning disable CA1823, CS0169, IDE0051, IDE0044, RCS1213 // Only looked at, never run.
    private sealed class InField
    {
        private Named? _field;
    }

    private sealed class InParameter
    {
        public static void Method(Named parameter) => _ = parameter is null;
    }

    private sealed class InLocal
    {
        public static bool Method(Func<object> make)
        {
            var local = (Named)make();
            return local.Equals(local);
        }
    }

    private sealed class InLambda
    {
        public static Func<object> Method() => () => Named.Create();
    }

    private sealed class InAsyncMethod
    {
        public static async Task<object> Method()
        {
            await Task.Yield();
            return Named.Create();
        }
    }

    private sealed class InIterator
    {
        public static IEnumerable<object> Method()
        {
            yield return Named.Create();
        }
    }

    private sealed class InGenericArgument
    {
        public static string Method() => new List<Dictionary<string, Named>>().ToString()!;
    }

    private sealed class InCatch
    {
        public static bool Method(Action action)
        {
            try
            {
                action();
                return true;
            }
            catch (NamedException)
            {
                return false;
            }
        }
    }

    [Named]
    private sealed class InAttribute;

    private sealed class InBase : Named;

    private sealed class InStaticCall
    {
        public static string? Method() => Named.Create().ToString();
    }

    private sealed class InTypeOf
    {
        public static string Method() => typeof(Named).Name;
    }

    private sealed class Innocent
    {
        public static string Method(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
#pragma warning restore CA1823, CS0169, IDE0051, IDE0044, RCS1213
}
