using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Writes the public surface of an assembly, one member a line, to be compared with an approved text.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(CultureInvariant($"{Kind(type)} {Name(type)}{Bases(type)}\n"));
            foreach (var member in type.GetMembers(Declared).SelectMany(Lines).Order(StringComparer.Ordinal))
            {
                text.Append(CultureInvariant($"    {member}\n"));
            }
        }

        return text.ToString();
    }

    /// <summary>Asserts that the surface equals the approved text, which lies beside the test assembly.</summary>
    public static void AssertApproved(Assembly assembly, string approvedFile)
    {
        var actual = Describe(assembly);
        var approved = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, approvedFile)).ReplaceLineEndings("\n");
        Assert.True(actual == approved, $"The public surface differs from {approvedFile}. It is now:\n{actual}");
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string Bases(Type type)
    {
        if (type.IsEnum)
        {
            return string.Empty;
        }

        var bases = type.GetInterfaces().Where(candidate => candidate.IsPublic).Select(Name).Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
        {
            bases.Insert(0, Name(parent));
        }

        return bases.Count == 0 ? string.Empty : " : " + string.Join(", ", bases);
    }

    private static IEnumerable<string> Lines(MemberInfo member) => member switch
    {
        FieldInfo { IsLiteral: true } field when IsVisible(field.Attributes) =>
            [CultureInvariant($"const {Name(field.FieldType)} {field.Name} = {field.GetRawConstantValue() ?? "null"}")],
        FieldInfo field when IsVisible(field.Attributes) && !field.IsSpecialName =>
            [$"{(field.IsStatic ? "static " : string.Empty)}{(field.IsInitOnly ? "readonly " : string.Empty)}{Name(field.FieldType)} {field.Name}"],
        ConstructorInfo constructor when IsVisible(constructor) => [$"{Modifiers(constructor)}.ctor({Parameters(constructor)})"],
        MethodInfo method when IsVisible(method) => [Method(method)],
        _ => [],
    };

    private static string Method(MethodInfo method)
    {
        var extension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : string.Empty;
        return $"{Modifiers(method)}{Annotated(method.ReturnParameter)} {method.Name}{Generics(method)}({extension}{Parameters(method)})";
    }

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : string.Empty;

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Annotated(parameter)} {parameter.Name}{(parameter.HasDefaultValue ? CultureInvariant($" = {parameter.DefaultValue ?? "null"}") : string.Empty)}"));

    private static string Annotated(ParameterInfo parameter)
    {
        var nullability = new NullabilityInfoContext().Create(parameter);
        var mark = nullability.ReadState == NullabilityState.Nullable && !parameter.ParameterType.IsValueType ? "?" : string.Empty;
        return Name(parameter.ParameterType) + mark;
    }

    private static string Modifiers(MethodBase method) =>
        (method.IsFamily || method.IsFamilyOrAssembly ? "protected " : string.Empty)
        + (method.IsStatic ? "static " : method.IsAbstract ? "abstract " : method is { IsVirtual: true, IsFinal: false } ? "virtual " : string.Empty);

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldAttributes attributes) =>
        (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.HasElementType)
        {
            return Name(type.GetElementType()!) + (type.IsArray ? "[]" : type.IsByRef ? "&" : "*");
        }

        var name = type.FullName ?? $"{type.Namespace}.{type.Name}";
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : $"{name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }

    private static string CultureInvariant(FormattableString text) => FormattableString.Invariant(text);
}
