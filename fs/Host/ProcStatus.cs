using System.Globalization;

namespace Fs.Host;

/// <summary>What the host's /proc/TID/status says of a thread.</summary>
/// <param name="ProcessId">Tgid.</param>
/// <param name="Uids">Real, effective, saved and file system uid.</param>
/// <param name="Gids">The same of the group.</param>
/// <param name="Groups">Supplementary groups.</param>
/// <param name="EffectiveCapabilities">CapEff.</param>
internal sealed record ProcStatus(int ProcessId, uint[] Uids, uint[] Gids, uint[] Groups, ulong EffectiveCapabilities)
{
    /// <summary>Reads it; null when the thread is gone or may not be looked at.</summary>
    public static ProcStatus? Read(int threadId)
    {
        try
        {
            int process = 0;
            uint[] uids = [], gids = [], groups = [];
            ulong capabilities = 0;
            foreach (string line in File.ReadLines($"/proc/{threadId}/status"))
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon < 0)
                    continue;
                string value = line[(colon + 1)..];
                switch (line[..colon])
                {
                    case "Tgid":
                        process = int.Parse(value, CultureInfo.InvariantCulture);
                        break;
                    case "Uid":
                        uids = Numbers(value);
                        break;
                    case "Gid":
                        gids = Numbers(value);
                        break;
                    case "Groups":
                        groups = Numbers(value);
                        break;
                    case "CapEff":
                        capabilities = ulong.Parse(value, NumberStyles.AllowHexSpecifier | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
                        break;
                }
            }

            return uids.Length >= 4 && gids.Length >= 4 ? new ProcStatus(process, uids, gids, groups, capabilities) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static uint[] Numbers(string text)
        => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(static word => uint.Parse(word, CultureInfo.InvariantCulture))];
}
