"""How long the rest of a push will take, from what was done lately."""

import datetime as dt

import pytest

from core.domain.push import seconds_left

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


def ago(*seconds: float) -> list[dt.datetime]:
    return [NOW - dt.timedelta(seconds=each) for each in seconds]


def test_the_rest_takes_as_long_as_what_was_done():
    assert seconds_left(ago(10, 8, 6, 4, 2), 20, NOW) == pytest.approx(50.0)


def test_a_pause_of_hours_does_not_count():
    before = ago(*range(7_200, 7_260))

    assert seconds_left([*before, *ago(4, 2, 0)], 10, NOW) == pytest.approx(20.0)


def test_a_push_that_stands_still_takes_longer_and_then_nobody_knows():
    assert seconds_left(ago(40, 38), 1, NOW) == pytest.approx(40.0)
    assert seconds_left(ago(100, 90), 1, NOW) is None


@pytest.mark.parametrize("done", [(), (3,)])
def test_one_result_is_no_pace(done):
    assert seconds_left(ago(*done), 5, NOW) is None
