using System.Buffers;
using System.Globalization;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Text;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Encodes the attributes of a series, with those of the resource and constant ones, as dimensions and members of a document.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. Runs once for a series of a metric, and may allocate. A measurement's attribute hides one of
/// the resource, and that a constant one, if they are called the same.
/// </remarks>
internal sealed class GroupEncoder
{
    /// <summary>Of one set (EMF specification, "DimensionSet").</summary>
    private const int MaxDimensions = 30;

    /// <summary>Of a member that is no dimension, in characters.</summary>
    private const int MaxMemberLength = 4096;

    private readonly DimensionRules rules;
    private readonly Attribute[] constants;
    private readonly int maxMembersBytes;
    private readonly ArrayBufferWriter<byte> writer = new();
    private readonly ArrayBufferWriter<byte> memberWriter = new();
    private readonly List<Member> members = [];
    private readonly List<string> names = [];

    public GroupEncoder(EmfExporterSettings settings, Resource resource)
    {
        rules = settings.Dimensions;

        // Members that are no dimensions leave room for metrics, so that none of them keeps a document from being written.
        maxMembersBytes = settings.Delivery.MaxPacketBytes / 2;
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in resource.Attributes)
        {
            attributes[key] = value;
        }

        constants =
        [
            .. Known(settings.ResourceDimensions, isDimension: true),
            .. settings.ConstantDimensions.Select(each => new Attribute(each.Key, each.Value, true)),
            .. Known(settings.ResourceMembers, isDimension: false),
            .. settings.ConstantMembers.Select(each => new Attribute(each.Key, each.Value, false)),
        ];

        IEnumerable<Attribute> Known(IReadOnlyDictionary<string, string> wanted, bool isDimension) => wanted
            .Where(each => attributes.ContainsKey(each.Key))
            .Select(each => new Attribute(each.Value, attributes[each.Key], isDimension));
    }

    /// <summary>Encodes a series.</summary>
    /// <param name="tags">Its attributes.</param>
    /// <param name="sets">The sets of dimensions of its metric; <see langword="null"/> for one set of all.</param>
    public DocumentGroup Encode(ReadOnlyTagCollection tags, DimensionSetRule? sets)
    {
        members.Clear();
        names.Clear();
        var alterations = Alterations.None;
        foreach (var (key, value) in tags)
        {
            alterations |= Add(new(key ?? string.Empty, value, rules.IsDimension(key ?? string.Empty)), sets);
        }

        foreach (var constant in constants)
        {
            if (!members.Exists(member => member.Attribute == constant.Name))
            {
                alterations |= Add(constant, sets);
            }
        }

        writer.ResetWrittenCount();
        alterations |= WriteDimensions(sets);
        var dimensionsLength = writer.WrittenCount;
        foreach (var member in members.OrderByDescending(member => member.IsDimension))
        {
            alterations |= WriteMember(member);
        }

        return new(writer.WrittenSpan.ToArray(), dimensionsLength, [.. names], alterations);
    }

    private Alterations Add(Attribute attribute, DimensionSetRule? sets)
    {
        var isWanted = sets is null ? attribute.IsDimension : sets.Sets.Any(set => set.Contains(attribute.Name));
        if (!isWanted)
        {
            return Add(attribute, CloudWatchText.MemberName(attribute.Name), attribute.Value, isDimension: false);
        }

        var name = CloudWatchText.DimensionName(attribute.Name);
        var value = CloudWatchText.DimensionValue(AttributeText.Of(attribute.Value));
        return value.Alterations | Add(attribute, name, value.Text, isDimension: name.Text.Length > 0 && value.Text.Length > 0);
    }

    private Alterations Add(Attribute attribute, CloudWatchText name, object? value, bool isDimension)
    {
        var free = ReservedNames.FreeName(name.Text, names, "_", CloudWatchText.MaxDimensionNameLength);
        names.Add(free);
        members.Add(new(attribute.Name, free, isDimension, value));
        return name.Alterations | (free == name.Text ? Alterations.None : Alterations.Renamed);
    }

    private Alterations WriteDimensions(DimensionSetRule? sets)
    {
        writer.Write("\"Dimensions\":["u8);
        var alterations = Alterations.None;
        if (sets is null)
        {
            string[] all = [.. members.Where(member => member.IsDimension).Select(member => member.Name).Order(StringComparer.Ordinal)];
            alterations = all.Length > MaxDimensions ? Alterations.TooManyDimensions : Alterations.None;
            WriteSet(all.AsSpan(..Math.Min(all.Length, MaxDimensions)));
        }
        else
        {
            // Without the names that this series does not have, two sets may have become the same.
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var set in sets.Sets)
            {
                // An attribute that was recorded twice is one dimension.
                string[] known =
                [
                    .. members.Where(member => member.IsDimension && set.Contains(member.Attribute)).DistinctBy(member => member.Attribute).Select(member => member.Name),
                ];
                if (seen.Add(string.Join('\n', known)))
                {
                    writer.Write(seen.Count == 1 ? ""u8 : ","u8);
                    WriteSet(known);
                }
            }
        }

        writer.Write("],"u8);
        return alterations;
    }

    private void WriteSet(ReadOnlySpan<string> set)
    {
        var next = "["u8;
        foreach (var name in set)
        {
            writer.Write(next);
            JsonText.Write(writer, name);
            next = ","u8;
        }

        writer.Write(set.IsEmpty ? "[]"u8 : "]"u8);
    }

    /// <summary>Writes a member, or leaves it out if it is no dimension and there is no room.</summary>
    private Alterations WriteMember(Member member)
    {
        memberWriter.ResetWrittenCount();
        memberWriter.Write(","u8);
        JsonText.Write(memberWriter, member.Name);
        memberWriter.Write(":"u8);
        var alterations = WriteValue(memberWriter, member);
        if (!member.IsDimension && writer.WrittenCount + memberWriter.WrittenCount > maxMembersBytes)
        {
            return Alterations.TooLong;
        }

        writer.Write(memberWriter.WrittenSpan);
        return alterations;
    }

    /// <summary>Numbers and booleans as such, everything else as a text.</summary>
    private static Alterations WriteValue(ArrayBufferWriter<byte> writer, Member member)
    {
        switch (member.Value)
        {
            case bool flag when !member.IsDimension:
                writer.Write(flag ? "true"u8 : "false"u8);
                return Alterations.None;
            case sbyte or short or int or long or byte or ushort or uint or ulong when !member.IsDimension:
            case double or float when !member.IsDimension && double.IsFinite(Convert.ToDouble(member.Value, CultureInfo.InvariantCulture)):
                writer.Write(Encoding.ASCII.GetBytes(AttributeText.Of(member.Value)));
                return Alterations.None;
            default:
                var text = AttributeText.Of(member.Value);
                JsonText.Write(writer, text.AsSpan(0, Math.Min(text.Length, MaxMemberLength)));
                return text.Length > MaxMemberLength ? Alterations.TooLong : Alterations.None;
        }
    }

    /// <param name="Name">What it is called by whoever recorded or set it.</param>
    /// <param name="Value">Anything.</param>
    /// <param name="IsDimension">Whether it is a dimension where there is one set of all.</param>
    private readonly record struct Attribute(string Name, object? Value, bool IsDimension);

    /// <param name="Attribute">The name of the attribute that it stands for.</param>
    /// <param name="Name">As it is written.</param>
    /// <param name="IsDimension">Whether it may be in a set of dimensions.</param>
    /// <param name="Value">As it is written; of a dimension, a text.</param>
    private readonly record struct Member(string Attribute, string Name, bool IsDimension, object? Value);
}
