using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace ProcFs;

public sealed partial class ProcText
{
    /// <summary>
    /// Formatted text: numbers as the invariant culture writes them. It is written as bytes at once, and nothing is allocated.
    /// </summary>
    public ProcText Add([InterpolatedStringHandlerArgument("")] ref Handler text) => this;

    /// <summary>What the compiler makes of <c>$"..."</c>.</summary>
#pragma warning disable CS1591, CS9113, IDE0060 // The methods are those that the compiler looks for.
    [InterpolatedStringHandler]
    public readonly ref struct Handler(int literalLength, int formattedCount, ProcText text)
    {
        // A number in decimal or hex, or a letter.
        private const int MostBytes = 32;

        public void AppendLiteral(string literal) => text.Add(literal);

        public void AppendFormatted(string? value, int alignment = 0)
        {
            Span<byte> room = text._buffer.GetSpan(Math.Max(Encoding.UTF8.GetMaxByteCount(value?.Length ?? 0), Math.Abs(alignment)));
            int length = Encoding.UTF8.GetBytes(value, room);
            text._buffer.Advance(Align(room, length, alignment));
        }

        public void AppendFormatted<T>(T value, int alignment = 0, string? format = null)
            where T : struct, IUtf8SpanFormattable
        {
            Span<byte> room = text._buffer.GetSpan(Math.Max(MostBytes, Math.Abs(alignment)));
            value.TryFormat(room, out int length, format, CultureInfo.InvariantCulture);
            text._buffer.Advance(Align(room, length, alignment));
        }

        public void AppendFormatted<T>(T value, string format)
            where T : struct, IUtf8SpanFormattable
            => AppendFormatted(value, 0, format);

        // printf(3): a width is a minimum, and negative to the left.
        private static int Align(Span<byte> room, int length, int alignment)
        {
            int pad = Math.Abs(alignment) - length;
            if (pad <= 0)
                return length;
            if (alignment > 0)
                room[..length].CopyTo(room[pad..]);
            room.Slice(alignment > 0 ? 0 : length, pad).Fill((byte)' ');
            return length + pad;
        }
    }
#pragma warning restore CS1591, CS9113, IDE0060
}
