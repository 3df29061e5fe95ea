"""Any order of clicks by any people, double and stale ones, restarts and lost roles: nothing goes without its quorum."""

import pytest

from tests.faults.desk import Desk
from tests.faults.walks import Walk

STEPS = 130


@pytest.mark.parametrize(("seed", "required"), [(1, 2), (2, 1), (5, 2), (6, 1), (7, 2), (8, 1)])
async def test_no_statement_is_ever_pushed_without_a_valid_quorum_on_its_exact_content(
    desk: Desk, seed: int, required: int
) -> None:
    walk = Walk(seed, desk, required)

    for _ in range(STEPS):
        await walk.step()
    await walk.drain()

    assert walk.faults == []
    assert walk.pushed, "a walk in which nothing is pushed proves nothing"
    assert {"not_allowed", "stale"} <= set(walk.refused), "and one in which nothing is refused, little"
