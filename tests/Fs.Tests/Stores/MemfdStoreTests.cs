using Fs.Host;
using KernelModel.Mapping;

namespace Fs.Tests.Stores;

public sealed class MemfdStoreTests : StoreTests
{
    private readonly MemfdStorage _storage = new(Limit);

    private protected override IBackingStorage Storage => _storage;

    [Fact]
    public void Without_a_limit_nothing_is_refused()
    {
        MemfdStorage storage = new(0);
        using IBackingStore store = storage.Create()!;
        Assert.Equal(100 * Page, store.Write(0, new byte[100 * Page], force: false));
        Assert.Equal((0L, 100L, 0L), (storage.LimitPages, storage.UsedPages, storage.ExcessPages));
    }
}
