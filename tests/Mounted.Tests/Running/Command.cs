using System.Diagnostics;
using System.Globalization;

namespace Mounted.Tests.Running;

/// <summary>What a program that ran to its end said.</summary>
internal sealed record Result(int ExitCode, string Output, string Errors)
{
    /// <summary>The output of a program that must have succeeded.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"exit code {ExitCode}\n{Output}\n{Errors}"));
        return Output;
    }
}

/// <summary>Runs programs to their end, or to a deadline.</summary>
internal static class Command
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static Result Run(string program, params ReadOnlySpan<string> arguments) => Run(s_patience, Info(program, arguments));

    /// <summary>A command line of sh.</summary>
    public static Result Shell(string script) => Run("sh", "-c", script);

    /// <summary>A command line of sh, as another user.</summary>
    public static Result ShellAs(string user, string script) => Run("su", user, "-s", "/bin/sh", "-c", script);

    public static ProcessStartInfo Info(string program, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);

        // No build server and no node stays behind with files of the mount open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        return start;
    }

    public static Result Run(TimeSpan patience, ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string name = string.Join(' ', start.ArgumentList.Prepend(start.FileName));
        if (!process.WaitForExit(patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"not finished after {patience}: {name}");
        }

        // A daemon that keeps the pipe open is not waited for.
        Task.WaitAll([output, errors], TimeSpan.FromSeconds(2));
        return new Result(process.ExitCode, TextOf(output), TextOf(errors));
    }

    private static string TextOf(Task<string> text) => text.IsCompletedSuccessfully ? text.Result : "";
}
