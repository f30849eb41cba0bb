using System.Globalization;
using Mounted.Tests.Running;
using Xunit.Abstractions;

namespace Mounted.Tests;

/// <summary>
/// Random marks, unmarks, stores and purges through every interface, against what each page must be: never a false "not
/// purged", and what was not purged is whole.
/// </summary>
public sealed class RandomOperationTests(ITestOutputHelper output) : MountedTest
{
    private const int Pages = 80;
    private const int Files = 3;
    private const int Operations = 1500;

    private string _mode = "";
    private Random _random = new(0);
    private Mount _mount = null!;
    private Agent _agent = null!;
    private (string Path, int Descriptor, ulong Map, PageOracle Oracle)[] _files = [];

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void No_loss_is_missed(string mode)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("VRANGEFS_SEED"), out int wanted) ? wanted : Random.Shared.Next();
        output.WriteLine($"VRANGEFS_SEED={seed}");
        _mode = mode;
        _random = new Random(seed);
        _mount = Mount(mode);
        _agent = _mount.NewAgent();
        _files = [.. Enumerable.Range(0, Files).Select(i => NewFile($"f{i}"))];

        int purges = 0;
        for (int i = 0; i < Operations; i++)
        {
            if (_random.Next(12) == 0)
                purges += Purge();
            else
                ChangeOne();
        }

        Assert.InRange(purges, 1, int.MaxValue);
        foreach ((_, int descriptor, ulong map, PageOracle oracle) in _files)
        {
            oracle.Check(See(descriptor, map));
            oracle.Reported(0, Pages, _agent.Unmark(descriptor, 0, Pages));
            oracle.Check(See(descriptor, map));
        }

        Assert.Equal("", _mount.Ranges());
    }

    private (string, int, ulong, PageOracle) NewFile(string name)
    {
        int descriptor = _agent.Open(_mount[name]);
        _agent.Truncate(descriptor, Pages);
        return (name, descriptor, _agent.Map(descriptor, 0, Pages), new PageOracle(Pages));
    }

    private void ChangeOne()
    {
        (string name, int descriptor, ulong map, PageOracle oracle) = _files[_random.Next(Files)];
        int first = _random.Next(Pages);
        int count = _random.Next(1, Math.Min(Pages - first, 24) + 1);
        byte value = (byte)_random.Next(1, 256);
        switch (_random.Next(14))
        {
            case < 3:
                _agent.Write(descriptor, first, count, value);
                oracle.Store(first, count, value);
                break;
            case < 5:
                Poke(map, oracle, first, Math.Min(count, 6), value);
                break;
            case < 9:
                Mark(name, descriptor, map, first, count);
                oracle.Mark(first, count);
                break;
            case < 12:
                Unmark(name, descriptor, map, oracle, first, count);
                break;
            case 12:
                Assert.Equal(0, _agent.Allocate(descriptor, Agent.FALLOC_FL_PUNCH_HOLE | Agent.FALLOC_FL_KEEP_SIZE, first, count));
                oracle.Punch(first, count);
                break;
            default:
                first = Math.Max(first, 1); // 0 would end tombstones (R11)
                _agent.Truncate(descriptor, first);
                _agent.Truncate(descriptor, Pages);
                oracle.Punch(first, Pages - first);
                break;
        }
    }

    private void Poke(ulong map, PageOracle oracle, int first, int count, byte value)
    {
        for (int page = first; page < first + count; page++)
        {
            if (_agent.TryPoke(map + ((ulong)page * Agent.PageSize), 1, value) == "0")
                oracle.Store(page, 1, value);
            else
                Assert.True(oracle.IsGone(page) && _mode == Modes.Sigbus, $"SIGBUS at page {page}");
        }
    }

    private void Mark(string name, int descriptor, ulong map, int first, int count)
    {
        bool partial = _random.Next(2) == 0;
        string tail = $"{count * Agent.PageSize} volatile {(partial ? "partial" : "full")}";
        string start = $"{first * Agent.PageSize}";
        switch (_random.Next(4))
        {
            case 0:
                Assert.Equal(0, _agent.Tell(_mount.Proc("fvrange"), $"/{name} {start} {tail}"));
                break;
            case 1:
                Assert.Equal(0, _agent.Tell(_mount.Proc("fvrange"), $"{Address(map, first)} {tail}"));
                break;
            case 2:
                Assert.Equal(0, _agent.SetVrange(_mount[name], $"{start} {tail}"));
                break;
            default:
                _agent.Mark(descriptor, first, count, partial ? Agent.Partial : Agent.Full);
                break;
        }
    }

    private void Unmark(string name, int descriptor, ulong map, PageOracle oracle, int first, int count)
    {
        string tail = $"{count * Agent.PageSize} nonvolatile";
        string start = $"{first * Agent.PageSize}";
        switch (_random.Next(6))
        {
            case 0:
                oracle.Reported(first, count, Parse(_agent.Ask(_mount.Proc("fvrange"), $"/{name} {start} {tail}")));
                break;
            case 1:
                oracle.Reported(first, count, Parse(_agent.Ask(_mount.Proc("fvrange"), $"{Address(map, first)} {tail}")));
                break;
            case 2:
                Assert.Equal(0, _agent.Tell(_mount.Proc("fvrange"), $"/{name} {start} {tail}"));
                oracle.Unreported(first, count);
                break;
            case 3:
                Assert.Equal(0, _agent.SetVrange(_mount[name], $"{start} {tail}"));
                oracle.Unreported(first, count);
                break;
            default:
                oracle.Reported(first, count, _agent.Unmark(descriptor, first, count));
                break;
        }
    }

    private int Purge()
    {
        bool everything = _random.Next(3) == 0;
        int wanted = _random.Next(1, 60);
        long freed = _mount.Discard(everything ? "all" : $"{wanted}");
        int gone = 0;
        foreach ((_, int descriptor, ulong map, PageOracle oracle) in _files)
            gone += oracle.Purged(See(descriptor, map), everything);

        Assert.Equal(gone, freed); // R8: pages really freed
        return gone;
    }

    // A load through a mapping gives a hole of a tmpfs memory, which a purge would count: with passthrough by read(2) only.
    private byte?[] See(int descriptor, ulong map)
    {
        string text = !Modes.PassesThrough(_mode) && _random.Next(2) == 0 ? _agent.Peek(map, Pages) : _agent.Scan(descriptor, 0, Pages);
        return [.. text.Chunk(2).Select(static page => page is ['B', 'B'] or ['E', 'E'] ? (byte?)null : byte.Parse(page, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
    }

    private static string Address(ulong map, int page) => $"@0x{map + ((ulong)page * Agent.PageSize):x}";

    private static Loss Parse(string reply)
    {
        string[] words = reply.Split(' ');
        return new Loss(int.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture));
    }
}
