using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>
/// The native buffers of one worker. The data of WRITE and the payload of every reply start at a page boundary, so that
/// copying to and from them touches as few pages as possible.
/// </summary>
internal sealed unsafe class WorkerBuffers : SafeHandle
{
    private const int PageSize = 4096;

    // fs/xattr.c: XATTR_SIZE_MAX and XATTR_LIST_MAX; SETXATTR must fit whatever max_write is.
    private const int Smallest = 128 * 1024;

    private readonly int _requestLead = sizeof(fuse_in_header) + sizeof(fuse_write_in);
    private readonly int _requestData;
    private readonly int _replyData;

    internal WorkerBuffers(int maxRequestData, int maxReplyData)
        : base(0, ownsHandle: true)
    {
        _requestData = RoundUp(Math.Max(maxRequestData, Smallest)) + PageSize;
        _replyData = RoundUp(Math.Max(maxReplyData, Smallest)) + PageSize;
        // One page each before the data for what comes first: the headers.
        nuint total = (nuint)PageSize + (nuint)_requestData + PageSize + (nuint)_replyData;
        SetHandle((nint)NativeMemory.AlignedAlloc(total, PageSize));
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Where read(2) puts a request.</summary>
    internal byte* Request => (byte*)handle + PageSize - _requestLead;

    internal int RequestCapacity => _requestLead + _requestData;

    /// <summary>Where the payload of a reply is built; the header goes right before it.</summary>
    internal byte* Reply => (byte*)handle + PageSize + _requestData + PageSize;

    internal int ReplyCapacity => _replyData;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }

    private static int RoundUp(int length) => (length + PageSize - 1) & ~(PageSize - 1);
}
