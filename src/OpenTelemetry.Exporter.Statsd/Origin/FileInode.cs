using System.Runtime.InteropServices;
using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Origin;

/// <summary>The number that Linux knows a file or directory by, for which .NET has no API.</summary>
/// <remarks>
/// Stateless. The system's <c>statx</c>, because what it fills in is laid out the same on every architecture, unlike that of
/// <c>stat</c>. Its C libraries are glibc 2.28 and musl 1.2.5, and later; with an older one there is no number.
/// </remarks>
internal static class FileInode
{
    private const int CurrentDirectory = -100;
    private const uint InodeMask = 0x100;

    // struct statx: what it holds comes first, the inode after seven more fields, and there is room for fields to come.
    private const int MaskOffset = 0;
    private const int InodeOffset = 32;
    private const int ResultBytes = 256;

    /// <summary>The inode of what <paramref name="path"/> leads to, or <see langword="null"/> if the system does not say.</summary>
    public static ulong? Of(string path)
    {
        var result = new byte[ResultBytes];
        try
        {
            return Statx(CurrentDirectory, Encoding.UTF8.GetBytes(path + '\0'), 0, InodeMask, result) == 0
                && (BitConverter.ToUInt32(result, MaskOffset) & InodeMask) != 0
                ? BitConverter.ToUInt64(result, InodeOffset)
                : null;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    // Arrays of bytes are handed over as they are, so that nothing has to be generated and no unsafe code be allowed.
    [DllImport("libc", EntryPoint = "statx", ExactSpelling = true)]
    private static extern int Statx(int directory, byte[] path, int flags, uint mask, [Out] byte[] result);
}
