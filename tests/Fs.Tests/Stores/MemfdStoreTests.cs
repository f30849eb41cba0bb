using Fs.Host;
using KernelModel.Mapping;

namespace Fs.Tests.Stores;

public sealed class MemfdStoreTests : StoreTests, IDisposable
{
    private readonly MemfdStorage _storage = NewMemfd(Limit);

    private protected override IBackingStorage Storage => _storage;

    public void Dispose() => _storage.Dispose();

    [Fact]
    public void Without_a_limit_nothing_is_refused()
    {
        using MemfdStorage storage = NewMemfd(0);
        using IBackingStore store = NewStore(storage);
        Assert.Equal(100 * Page, store.Write(0, new byte[100 * Page], force: false));
        Assert.Equal((0L, 100L, 0L), (storage.LimitPages, storage.UsedPages, storage.ExcessPages));
    }

    internal static MemfdStorage NewMemfd(long limit)
        => MemfdStorage.TryCreate(limit, out int error) ?? throw new InvalidOperationException($"no memfd: errno {-error}");
}
