using System.Collections.Concurrent;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.Parts;
using Burqi.Testing;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests.Stores;

/// <summary>How much memory uploads hold: counted, whatever becomes of them.</summary>
public sealed class PartedUploadTests
{
    private const int Part = PartSizes.Usual;
    private const int Parallel = 4;

    private static readonly ObjectKey Key = ObjectKey.ForCapture("CA1", "user", "wav", new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    private readonly PartBuffers _buffers = new(Options.Create(new PartOptions { Parallel = Parallel }));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_ManyLongObjectsAtOnce_HoldOnePartEach()
    {
        const int Uploads = 6;
        var server = new Server();
        var uploads = Enumerable.Range(0, Uploads).Select(_ => new Upload(_buffers, server, new NewObject(Key))).ToList();

        var writing = uploads.Select(upload => WriteAsync(upload, parts: 20)).ToList();
        await Eventually.BecomesTrueAsync(() => _buffers.Live == Uploads * (long)Part);
        writing.ShouldAllBe(task => !task.IsCompleted);

        server.Release();
        await Task.WhenAll(writing);
        _buffers.Most.ShouldBe(Uploads * (long)Part);
        _buffers.Live.ShouldBe(0);
        uploads.ShouldAllBe(upload => upload.Committed == 20);
    }

    [Fact]
    public async Task Write_OthersHoldTheStock_GoesOnWithItsOwnPart()
    {
        var (stuck, free) = (new Server(), new Server());
        free.Release();
        var waiting = WriteAsync(new Upload(_buffers, stuck, new NewObject(Key)), parts: 20);
        await Eventually.BecomesTrueAsync(() => _buffers.Live == Parallel * (long)Part);

        var upload = new Upload(_buffers, free, new NewObject(Key));
        await WriteAsync(upload, parts: 20);

        upload.Committed.ShouldBe(20);
        stuck.Release();
        await waiting;
    }

    [Fact]
    public async Task Write_PartsAreUpInAnyOrder_ObjectIsMadeOfThemInTheirs()
    {
        var server = new Server { Backwards = Parallel };

        await WriteAsync(new Upload(_buffers, server, new NewObject(Key)), parts: Parallel);

        server.Ended.Select(part => part.Number).ShouldBe(Enumerable.Range(1, Parallel).Reverse());
        server.Ended.ShouldAllBe(part => part.First == (byte)part.Number);
    }

    [Fact]
    public async Task Write_APartFails_ThrowsAndGivesEverythingBack()
    {
        var server = new Server { Failing = 3 };
        server.Release();

        await Should.ThrowAsync<IOException>(() => WriteAsync(new Upload(_buffers, server, new NewObject(Key)), parts: 20));

        _buffers.Live.ShouldBe(0);
        server.Aborted.ShouldBe(1);
    }

    [Fact]
    public async Task Write_SmallObjectOfKnownSize_TakesNoMoreThanThat()
    {
        await using var upload = new Upload(_buffers, new Server(), new NewObject(Key, ExpectedSize: 1000));

        await upload.WriteAsync(new byte[1000], Cancellation);

        _buffers.Live.ShouldBe(1000);
    }

    private static async Task WriteAsync(Upload upload, int parts)
    {
        await using (upload)
        {
            var block = new byte[Part];
            for (var part = 1; part <= parts; part++)
            {
                block.AsSpan().Fill((byte)part);
                await upload.WriteAsync(block, Cancellation);
            }

            await upload.CommitAsync("", Cancellation);
        }
    }

    /// <summary>A store that keeps parts waiting until it is told to take them.</summary>
    private sealed class Server
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentDictionary<int, TaskCompletionSource> _ended = new();

        public int? Failing { get; init; }

        /// <summary>So many first parts end in the opposite order.</summary>
        public int Backwards { get; init; }

        public int Aborted { get; set; }

        public ConcurrentQueue<(int Number, byte First)> Ended { get; } = new();

        public void Release() => _released.TrySetResult();

        public async Task TakeAsync(int number, PartBuffer content, CancellationToken cancellationToken)
        {
            if (number == Failing)
            {
                throw new IOException("refused");
            }

            if (Backwards > 0)
            {
                await (number == Backwards ? Task.CompletedTask : EndOf(number + 1).Task.WaitAsync(cancellationToken));
            }
            else
            {
                await _released.Task.WaitAsync(cancellationToken);
            }

            Ended.Enqueue((number, content.Content.Span[^1]));
            EndOf(number).TrySetResult();
        }

        private TaskCompletionSource EndOf(int number) => _ended.GetOrAdd(number, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    private sealed class Upload(PartBuffers buffers, Server server, NewObject newObject) : PartedUpload(buffers, Part, newObject)
    {
        public int? Committed { get; private set; }

        protected override Task PutWholeAsync(PartBuffer? content, string sha256, CancellationToken cancellationToken) => Task.CompletedTask;

        protected override Task BeginPartsAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        protected override Task PutPartAsync(int number, PartBuffer content, CancellationToken cancellationToken) =>
            server.TakeAsync(number, content, cancellationToken);

        protected override Task CommitPartsAsync(int parts, long size, string sha256, CancellationToken cancellationToken)
        {
            Committed = parts;
            return Task.CompletedTask;
        }

        protected override Task AbortPartsAsync()
        {
            server.Aborted++;
            return Task.CompletedTask;
        }
    }
}
