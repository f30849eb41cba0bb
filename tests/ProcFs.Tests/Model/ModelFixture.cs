using System.Globalization;
using System.Text;
using KernelModel.Tasks;
using ProcFs.Nodes;

namespace ProcFs.Tests.Model;

/// <summary>A task of the model, driven by its syscall file and looked at through the others.</summary>
internal sealed class ModelFixture
{
    public const int Pid = 5_000_000;

    public ModelFixture(int swapPages = 0, int machinePages = 1024, Caller? maker = null)
    {
        Mount = new TestMount(swapPages: swapPages, machinePages: machinePages);
        Make(Pid, maker ?? User);
    }

    /// <summary>Who has made the task: an ordinary user.</summary>
    public static Caller User { get; } = new(8, 9, [4, 20], 60, 60, 0);

    /// <summary>Another user.</summary>
    public static Caller Stranger { get; } = new(7, 9, [], 61, 61, 0);

    /// <summary>Another user who may trace anybody.</summary>
    public static Caller Tracer { get; } = Stranger with { Capabilities = 1UL << Caller.CAP_SYS_PTRACE };

    public TestMount Mount { get; }

    public void Make(int pid, Caller maker)
        => Assert.Equal(0, Mount.Tree.MakeTask(Bytes(pid), maker, Rlimits.Default, out _));

    public void Remove(int pid = Pid) => Assert.Equal(0, Mount.Tree.RemoveTask(Bytes(pid), TestMount.Owner));

    /// <summary>A call of the task: what the write of it answers.</summary>
    public int Call(string line, int pid = Pid) => TestMount.Write(Open("syscall", pid), line);

    /// <summary>Calls that succeed.</summary>
    public ModelFixture Calls(params string[] lines)
    {
        foreach (string line in lines)
            Assert.True(Call(line) > 0, line);
        return this;
    }

    /// <summary>A child of the task, which has exited and was not collected.</summary>
    public int MakeZombie()
    {
        int zombie = MakeChild();
        Assert.True(Call("exit 3", zombie) > 0);
        return zombie;
    }

    /// <summary>A child of the task.</summary>
    public int MakeChild()
    {
        ProcOpenFile syscall = Open("syscall");
        Assert.True(TestMount.Write(syscall, "fork") > 0);
        return int.Parse(TestMount.Read(syscall).Split(" = ")[1], CultureInfo.InvariantCulture);
    }

    public ProcOpenFile Open(string file, int pid = Pid, Caller? opener = null) => Mount.Open($"{pid}/{file}", opener);

    public int TryOpen(string file, Caller opener, int pid = Pid) => ((ProcFile)Mount.Node($"{pid}/{file}")!).Open(opener, canRead: true, out _);

    public string Read(string file, int pid = Pid, Caller? opener = null) => TestMount.Read(Open(file, pid, opener));

    /// <summary>The lines of a file whose key is one of these.</summary>
    public string[] Lines(string file, params string[] keys)
        => [.. Read(file).Split('\n').Where(line => keys.Contains(line.Split(':')[0]))];

    /// <summary>A number of a file of keys, in kB where it says so.</summary>
    public long Number(string file, string key, int pid = Pid)
    {
        string line = Read(file, pid).Split('\n').First(line => line.StartsWith(key + ":", StringComparison.Ordinal));
        return long.Parse(line[(key.Length + 1)..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(int pid) => Encoding.UTF8.GetBytes(pid.ToString(CultureInfo.InvariantCulture));
}
