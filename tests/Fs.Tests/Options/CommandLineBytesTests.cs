using System.Text;
using Fs.Hosting;

namespace Fs.Tests.Options;

public sealed class CommandLineBytesTests
{
    [Theory]
    [InlineData("vrangefs\0/mnt\0", "/mnt", "/mnt")]
    [InlineData("vrangefs\0\u00ff\0-f\0", "\uFFFD", "\u00ff")]
    [InlineData("dotnet\0vrangefs.dll\0-o\0size=1m\0\u00fe\u00ff\0", "\uFFFD\uFFFD", "\u00fe\u00ff")]
    [InlineData("vrangefs\0-f\0\0--\0a b\0", "a b", "a b")]
    public void An_argument_is_given_back_as_the_bytes_it_was(string commandLine, string argument, string bytes)
    {
        byte[] line = Encoding.Latin1.GetBytes(commandLine);
        int program = commandLine.StartsWith("dotnet", StringComparison.Ordinal) ? 2 : 1;
        string[] arguments = Encoding.UTF8.GetString(line).Split('\0')[program..^1];

        Assert.Equal(Encoding.Latin1.GetBytes(bytes), CommandLineBytes.Of(line, arguments, argument));
    }
}
