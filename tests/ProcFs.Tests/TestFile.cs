using System.Text;
using KernelModel.Mapping;

namespace ProcFs.Tests;

internal sealed class TestFile(MappingDomain domain, ulong ino, string path, uint uid) : IMountFile, IMappingHost
{
    private AddressSpace? _mapping;

    public ulong Ino => ino;

    public AddressSpace Mapping => _mapping ??= new AddressSpace(this);

    public MappingDomain Domain => domain;

    public uint Uid => uid;

    public byte[] Path() => Encoding.UTF8.GetBytes(path);

    public void OnPurged()
    {
    }

    public bool BeginInvalidate(PurgeWindow window) => false;
}
