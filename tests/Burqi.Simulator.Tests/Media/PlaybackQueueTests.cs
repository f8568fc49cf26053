using Burqi.Simulator.Audio;
using Burqi.Simulator.Media;

namespace Burqi.Simulator.Tests.Media;

public sealed class PlaybackQueueTests
{
    private readonly PlaybackQueue queue = new();

    [Fact]
    public void PlayFrame_PiecesOfAnySize_ComeOutInOrderAndWithoutGap()
    {
        var audio = AudioSource.Pattern(1, TimeSpan.FromMilliseconds(60)).Samples.ToArray();
        queue.Add(audio[..7]);
        queue.Add(audio[7..300]);
        queue.Add(audio[300..]);

        byte[] played = [.. queue.PlayFrame().Span, .. queue.PlayFrame().Span, .. queue.PlayFrame().Span];

        played.ShouldBe(audio);
        queue.IsEmpty.ShouldBeTrue();
        queue.PlayFrame().ToArray().ShouldAllBe(b => b == MuLaw.Silence);
    }

    [Fact]
    public void Mark_BehindAudio_ReturnsWhenThatWasPlayed()
    {
        queue.Add(new byte[200]);
        queue.AddMark("a");
        queue.Add(new byte[200]);
        queue.AddMark("b");

        queue.PlayFrame();
        queue.TakeReachedMarks().ShouldBeEmpty();
        queue.PlayFrame();
        queue.TakeReachedMarks().ShouldBe(["a"]);
        queue.PlayFrame();
        queue.TakeReachedMarks().ShouldBe(["b"]);
    }

    [Fact]
    public void Mark_WithNothingQueued_ReturnsAtOnce()
    {
        queue.AddMark("a");

        queue.TakeReachedMarks().ShouldBe(["a"]);
    }

    [Fact]
    public void Clear_DropsTheAudioAndReturnsItsMarks()
    {
        queue.Add(new byte[200]);
        queue.AddMark("a");
        queue.Add(new byte[200]);
        queue.AddMark("b");
        queue.PlayFrame();

        queue.Clear();

        queue.TakeReachedMarks().ShouldBe(["a", "b"]);
        queue.IsEmpty.ShouldBeTrue();
        queue.Add(AudioFrame.Silent.ToArray()[..10]);
        queue.PlayFrame();
        queue.IsEmpty.ShouldBeTrue();
    }
}
