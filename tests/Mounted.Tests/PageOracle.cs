namespace Mounted.Tests;

/// <summary>
/// What is known of the pages of one file without any model of ranges or of their age: what was stored last, whether it may
/// be taken, and what was seen to be gone and has not been reported.
/// </summary>
internal sealed class PageOracle(int pages)
{
    private readonly byte[] _stored = new byte[pages];
    private readonly bool[] _volatile = new bool[pages];
    private readonly bool[] _lost = new bool[pages];

    public int Pages => pages;

    public bool IsVolatile(int page) => _volatile[page];

    public void Store(int first, int count, byte value) => Array.Fill(_stored, value, first, count);

    public void Mark(int first, int count) => Array.Fill(_volatile, true, first, count);

    /// <summary>A hole: zeros that are no data. A loss stays one (R11).</summary>
    public void Punch(int first, int count) => Array.Clear(_stored, first, count);

    /// <summary>Whether a store through a mapping may get SIGBUS there.</summary>
    public bool IsGone(int page) => _volatile[page] && _lost[page] && _stored[page] == 0;

    /// <summary>
    /// After a purge: what each page holds, null for SIGBUS or EIO. Returns how many pages had data and have none now; a page
    /// that was not volatile must be what it was.
    /// </summary>
    public int Purged(byte?[] seen, bool everything)
    {
        int gone = 0;
        for (int page = 0; page < pages; page++)
        {
            bool mustGo = everything && _volatile[page];
            if (_stored[page] == 0 || (seen[page] == _stored[page] && !mustGo))
                continue;
            Assert.True(_volatile[page], $"page {page} is not volatile and lost {_stored[page]:x2}: {seen[page]:x2}");
            Assert.True(seen[page] is null or 0, $"page {page} is neither {_stored[page]:x2} nor gone: {seen[page]:x2}");
            gone++;
            _lost[page] = true;
            _stored[page] = 0;
        }

        Check(seen);
        return gone;
    }

    /// <summary>An unmark that told of a loss, or of none.</summary>
    public void Reported(int first, int count, Running.Loss told)
    {
        int lost = _lost.AsSpan(first, count).Count(true);
        Assert.False(lost > 0 && told.Result == 0, $"{lost} pages of {first}+{count} were lost and not reported"); // the hard rule
        Assert.Equal((long)lost * Running.Agent.PageSize, told.Bytes); // R7
        Array.Clear(_lost, first, count);
        Unreported(first, count);
    }

    /// <summary>An unmark through what cannot tell: the loss is still to be reported (R15).</summary>
    public void Unreported(int first, int count) => Array.Clear(_volatile, first, count);

    /// <summary>Every page is what was stored last, or may be gone.</summary>
    public void Check(byte?[] seen)
    {
        for (int page = 0; page < pages; page++)
            Assert.True(seen[page] == _stored[page] || (seen[page] is null && IsGone(page)), $"page {page} is {seen[page]:x2}, stored was {_stored[page]:x2}");
    }
}
