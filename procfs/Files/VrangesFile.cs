using KernelModel.Mapping;
using KernelModel.Vrange;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>
/// proc/vranges: all file ranges in LRU order, <c>INO OFFSET-LAST v|p RESIDENT_PAGES PATH</c>, then what was lost and
/// not reported of ranges that are gone. The mount's owner sees every file, others their own (R16). A path may be written to
/// proc/fvrange as it stands here, whatever bytes are in it.
/// </summary>
internal sealed class VrangesFile(ulong id, string name, uint mode, VrangeLru lru, IMountFiles files) : ProcFile(id, name, mode)
{
    /// <inheritdoc/>
    protected override int Show(ProcText text, Caller opener)
    {
        foreach ((VrangeRef range, IVrangeOwner owner) in lru.Snapshot())
        {
            if (owner is AddressSpace mapping && IsShown(mapping, opener, out IMountFile? file)
                && mapping.TryDescribe(range, out VrangeEntry entry, out long resident))
                AddLine(text, file!, entry, resident);
        }

        var tombstones = new List<VrangeEntry>();
        foreach (IVrangeOwner owner in lru.Owners())
        {
            if (owner is not AddressSpace mapping || !IsShown(mapping, opener, out IMountFile? file))
                continue;
            tombstones.Clear();
            mapping.ListTombstones(tombstones);
            foreach (VrangeEntry entry in tombstones)
                AddLine(text, file!, entry, mapping.ResidentIn(entry.First, entry.Last));
        }

        return 0;
    }

    private bool IsShown(AddressSpace mapping, Caller opener, out IMountFile? file)
    {
        file = files.FileOf(mapping);
        return file is not null && (opener.Uid == files.OwnerUid || opener.Uid == file.Uid);
    }

    private static void AddLine(ProcText text, IMountFile file, VrangeEntry entry, long resident)
    {
        ulong last = ((entry.Last + 1) << PageSize.Shift) - 1;
        text.Add((long)file.Ino).Add(" ").AddHex(entry.First << PageSize.Shift, 8).Add("-").AddHex(last, 8)
            .Add(entry.Purged ? " p " : " v ").Add(resident).Add(" ").AddFvrangePath(file).EndLine();
    }
}
