"""How long the launcher waits before it starts a dead child again, and when it gives up."""

from launcher.restarts import Restarts


def test_each_death_within_a_minute_waits_twice_as_long_and_the_fifth_is_the_last():
    restarts = Restarts()
    assert [restarts.after_death(now) for now in (0, 10, 20, 30, 40)] == [0.5, 1, 2, 4, None]


def test_a_death_older_than_a_minute_is_forgotten():
    restarts = Restarts()
    assert [restarts.after_death(now) for now in (0, 10, 70, 71, 132)] == [0.5, 1, 1, 1, 0.5]


def test_one_death_a_quarter_of_an_hour_is_never_too_much():
    restarts = Restarts()
    assert {restarts.after_death(quarter * 900) for quarter in range(50)} == {0.5}
