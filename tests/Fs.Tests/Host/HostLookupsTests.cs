using System.Diagnostics;
using Fs.Host;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fs.Tests.Host;

/// <summary>Looks at processes that keep who looks waiting.</summary>
public sealed class HostLookupsTests : IDisposable
{
    private const uint Stranger = 1000;

    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);

    private readonly HostLookups _lookups = new(NullLogger.Instance);
    private readonly ManualResetEventSlim _goOn = new();
    private int _lastProcess;
    private int _stuck; // looks that were begun and are

    public void Dispose()
    {
        _goOn.Set();
        _lookups.Dispose();
    }

    [Fact]
    public void All_that_can_be_looked_at_are_and_who_asks_waits_no_longer_than_the_bound()
    {
        Lookup[] looks = [New(0), New(0, isStuck: true), New(Stranger), New(0), New(Stranger)];
        long start = Stopwatch.GetTimestamp();
        _lookups.Run(looks);
        Assert.InRange(Stopwatch.GetElapsedTime(start), HostLookups.Bound * 0.9, s_soon);
        Assert.Equal([true, false, true, true, true], looks.Select(look => look.IsDone));
    }

    [Fact]
    public void A_strangers_processes_take_no_threads_from_others_however_many_they_are()
    {
        for (int i = 0; i < 20; i++)
            _lookups.Run([New(Stranger, isStuck: true)]);
        for (int i = 0; i < 20; i++)
        {
            Lookup look = New(0);
            _lookups.Run([look]);
            Assert.True(look.IsDone);
        }

        // Nothing that nobody waits for any more is begun when they let go.
        _goOn.Set();
        Lookup last = New(Stranger);
        SpinWait.SpinUntil(() => Retry(last), s_soon);
        Assert.True(last.IsDone);
        Assert.InRange(_stuck, 1, 4);
    }

    [Fact]
    public void One_that_is_known_to_be_stuck_costs_no_further_thread()
    {
        _lookups.Run([New(Stranger, isStuck: true)]);
        int process = _lastProcess;
        for (int i = 0; i < 5; i++)
        {
            Lookup again = new(this, process, Stranger, isStuck: true);
            long start = Stopwatch.GetTimestamp();
            _lookups.Run([again]);
            Assert.False(again.IsDone);
            Assert.True(Stopwatch.GetElapsedTime(start) < s_soon);
        }

        Lookup other = New(Stranger);
        _lookups.Run([other]);
        Assert.True(other.IsDone);
    }

    [Fact]
    public void A_look_that_fails_is_none()
    {
        Lookup failing = New(0, fails: true), other = New(0);
        _lookups.Run([failing, other]);
        Assert.Equal((false, true), (failing.IsDone, other.IsDone));
        for (int i = 0; i < 20; i++)
            _lookups.Run([New(0, fails: true)]);
        _lookups.Run([other = New(0)]);
        Assert.True(other.IsDone);
    }

    private bool Retry(Lookup look)
    {
        _lookups.Run([look]);
        return look.IsDone;
    }

    private Lookup New(uint uid, bool isStuck = false, bool fails = false) => new(this, ++_lastProcess, uid, isStuck, fails);

    private sealed class Lookup : HostLookup
    {
        private readonly HostLookupsTests _tests;
        private readonly bool _isStuck;
        private readonly bool _fails;

        public Lookup(HostLookupsTests tests, int process, uint uid, bool isStuck, bool fails = false)
            : base(process, uid)
            => (_tests, _isStuck, _fails) = (tests, isStuck, fails);

        protected override void Look()
        {
            if (_fails)
                throw new InvalidOperationException();
            if (!_isStuck)
                return;
            Interlocked.Increment(ref _tests._stuck);
            _tests._goOn.Wait();
        }
    }
}
