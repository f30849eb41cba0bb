using KernelModel;

namespace Fs.Host;

/// <summary>The thread that frees memory of the model before a task has to (linux: kswapd). It sleeps until memory is low.</summary>
internal sealed class Kswapd : IDisposable
{
    private readonly Machine _machine;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
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
        while (_wake.WaitOne() && !_stopping)
            _machine.RunKswapd();
    }
}
