using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace TestSupport;

/// <summary>Reads a document the way the strictest of readers would: one object, nothing around it, no key twice at any depth.</summary>
internal static class StrictJson
{
    /// <summary>Reads an object.</summary>
    /// <param name="document">Its bytes.</param>
    /// <returns>The object.</returns>
    /// <exception cref="JsonException">It is not one, or something is wrong in it.</exception>
    public static JsonElement Read(ReadOnlyMemory<byte> document)
    {
        if (document.Span is not [(byte)'{', .., (byte)'}'])
        {
            throw new JsonException("Something stands around the object, or there is none.");
        }

        if (document.Span.ContainsAny("\r\n"u8))
        {
            throw new JsonException("There is a line break in it.");
        }

        if (!Utf8.IsValid(document.Span))
        {
            throw new JsonException("It is not UTF-8.");
        }

        CheckTexts(document.Span);
        using var parsed = JsonDocument.Parse(document);
        return parsed.RootElement.Clone();
    }

    /// <summary>Reads every text, and looks for keys that an object has twice.</summary>
    private static void CheckTexts(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document);
        var keys = new Stack<HashSet<string>>();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    keys.Push([]);
                    break;
                case JsonTokenType.EndObject:
                    keys.Pop();
                    break;
                case JsonTokenType.PropertyName when !keys.Peek().Add(Text(reader)):
                    throw new JsonException($"The key '{Text(reader)}' is there twice.");
                case JsonTokenType.String:
                    Text(reader);
                    break;
            }
        }
    }

    private static string Text(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new JsonException($"'{Encoding.UTF8.GetString(reader.ValueSpan)}' is half of a character.");
        }
    }
}
