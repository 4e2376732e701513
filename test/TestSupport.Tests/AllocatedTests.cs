namespace TestSupport.Tests;

public sealed class AllocatedTests
{
    [Fact]
    public void Rounds_that_end_up_allocating_nothing_are_steady_whatever_came_before()
    {
        var number = 0;
        var rounds = Allocated.ByRounds(() => number++ is 0 or 5 or 13 ? 24 : 0);

        Assert.True(Allocated.IsSteady(rounds));
        Assert.Equal(24, rounds.Count);
    }

    [Fact]
    public void Rounds_that_allocate_now_and_then_are_not()
    {
        var number = 0;

        Assert.False(Allocated.IsSteady(Allocated.ByRounds(() => number++ % 10 == 0 ? 24 : 0)));
    }

    [Fact]
    public void What_every_measurement_allocates_is_found()
    {
        object? kept = null;

        Assert.InRange(Allocated.AtLeastBy(() => kept = new byte[1000]), 1000, 1100);
        Assert.NotNull(kept);
    }
}
