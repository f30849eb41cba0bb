namespace Fuse;

/// <summary>What becomes of a request once it is here, whatever brought it.</summary>
internal sealed unsafe class RequestHandler(FuseSession session)
{
    // fs/fuse/dir.c: get_create_ext
    internal static void ReadExtensions(FuseRequest request, RequestReader extensions)
    {
        while (extensions.TryTake(out fuse_ext_header* header) && header->size >= sizeof(fuse_ext_header))
        {
            if (!extensions.TryTakeBytes(header->size - (uint)sizeof(fuse_ext_header), out ReadOnlySpan<byte> body))
                return;
            if (header->type != FuseExtensionType.FUSE_EXT_GROUPS || body.Length < sizeof(fuse_supp_groups))
                continue;

            fuse_supp_groups* groups = (fuse_supp_groups*)(header + 1);
            int room = (body.Length - sizeof(fuse_supp_groups)) / sizeof(uint);
            request.SetGroups((uint*)(groups + 1), (int)Math.Min(groups->nr_groups, (uint)room));
        }
    }

    /// <summary>Returns the length of the payload, a negative errno, or a value of <see cref="FuseResult"/>; never throws.</summary>
    internal int Handle(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        FuseOpcode opcode = request.Opcode;
        if (opcode == FuseOpcode.FUSE_INTERRUPT)
            return HandleInterrupt(ref args);

        int result;
        int error = -Errno.EIO;
        Exception? failure = null;
        try
        {
            result = session.Dispatcher.Dispatch(request, ref args, in reply);
            if (request.Deferred is null != (result != FuseResult.Deferred))
                failure = new InvalidOperationException("A handler must return FuseResult.Deferred exactly if it called Defer.");
        }
#pragma warning disable CA1031 // Whatever a handler throws must not cost the caller its answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
            result = error = e is OutOfMemoryException ? -Errno.ENOMEM : -Errno.EIO;
        }

        if (failure is null)
            return result;

        session.ReportFailure(opcode, failure);
        if (FuseDispatcher.HasNoReply(opcode))
            return FuseResult.NoReply;
        if (request.Deferred is not { } pending)
            return error;

        // The reply belongs to whoever holds it, but nobody may ever complete it.
        _ = pending.TryCompleteError(error);
        return FuseResult.Deferred;
    }

    // fs/fuse/dev.c: fuse_dev_do_write; EAGAIN makes the kernel send the INTERRUPT again if its request is still unanswered.
    // That is right only for a request that another worker has read and not begun; for an answered one the write says ENOENT.
    private int HandleInterrupt(ref RequestReader args)
        => !args.TryTake(out fuse_interrupt_in* arg) || session.Pending.Interrupt(arg->unique) ? FuseResult.NoReply : -Errno.EAGAIN;
}
