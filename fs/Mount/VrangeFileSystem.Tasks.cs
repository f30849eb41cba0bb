using Fuse;
using ProcFs;
using ProcFs.Nodes;

namespace Fs.Mount;

/// <summary>Tasks of the model are made and ended by mkdir and rmdir in proc.</summary>
internal sealed partial class VrangeFileSystem
{
    // Who makes one is looked at in the host's /proc, and ending one gives memory back: the kernel keeps proc locked meanwhile, so
    // not on a thread that everybody needs.
    private int MakeTask(FuseRequest request, byte[] name)
        => _blocking.Run(request, reply =>
        {
            Caller maker = Tasks.CallerOf(reply.Uid, reply.Gid, reply.Pid);
            fuse_entry_out entry = default;
            int error = Proc.MakeTask(name, maker, Tasks.LimitsOf(maker), out ProcDirectory? directory);
            if (error != 0)
            {
                reply.CompleteError(error);
                return;
            }

            _ = FillProcEntry(directory!, ref entry);
            reply.Complete(entry);
        });

    private int RemoveTask(FuseRequest request, byte[] name)
        => _blocking.Run(request, reply =>
        {
            int error = Proc.RemoveTask(name, Tasks.CallerOf(reply.Uid, reply.Gid, reply.Pid));
            if (error != 0)
                reply.CompleteError(error);
            else
                reply.CompleteSuccess();
        });
}
