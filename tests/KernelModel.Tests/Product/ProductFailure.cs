using System.Runtime.CompilerServices;

namespace KernelModel.Tests.Product;

/// <summary>A property does not hold.</summary>
internal sealed class ProductFailure(string message) : Exception(message);

/// <summary>The text of a failure; nothing is formatted while the property holds.</summary>
[InterpolatedStringHandler]
internal ref struct FailureText
{
    private DefaultInterpolatedStringHandler _text;

    public FailureText(int literals, int holes, bool holds, out bool wanted)
    {
        wanted = !holds;
        _text = wanted ? new DefaultInterpolatedStringHandler(literals, holes) : default;
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public override string ToString() => _text.ToStringAndClear();
}
