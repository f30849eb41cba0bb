using ProcFs.Nodes;

namespace ProcFs.Tests.Nodes;

internal static class ProcNodeAssert
{
    public static void OpenFails(TestMount mount, string path, Caller caller, int error)
    {
        ProcFile file = Assert.IsAssignableFrom<ProcFile>(mount.Node(path));
        Assert.Equal(error, file.Open(caller, canRead: true, out ProcOpenFile? open));
        Assert.Null(open);
    }
}
