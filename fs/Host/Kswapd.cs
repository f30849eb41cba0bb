using KernelModel;

namespace Fs.Host;

/// <summary>
/// The thread that frees memory of the model before a task has to (linux: kswapd). It sleeps until memory is low, and has a look now
/// and then whether tasks have gone whose objects the runtime would keep for as long as nothing new is made.
/// </summary>
internal sealed class Kswapd : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    // What is worth a collection: 16 MiB.
    private const int ManyPages = 4096;

    private readonly Machine _machine;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private int _mostOwnPages; // the thread's
    private volatile bool _stopping;

    public Kswapd(Machine machine)
    {
        _machine = machine;
        _thread = new Thread(Run) { IsBackground = true, Name = "kswapd" };
        _thread.Start();
        machine.MemoryLow += Wake;
    }

    public void Dispose()
    {
        _machine.MemoryLow -= Wake;
        _stopping = true;
        Wake();
        _thread.Join();
        _wake.Dispose();
    }

    private void Wake() => _wake.Set();

    private void Run()
    {
        while (!_stopping)
        {
            if (_wake.WaitOne(s_interval))
                _machine.RunKswapd();
            else
                Trim();
        }
    }

    private void Trim()
    {
        int own = _machine.OwnPages;
        if (_mostOwnPages - own >= ManyPages)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _mostOwnPages = own;
        }

        _mostOwnPages = Math.Max(_mostOwnPages, own);
    }
}
