"""Any order of clicks by any people, duplicates, old cards, restarts, kills and re-deliveries: nothing without its quorum.

GRCPUSH_WALKS=100 walks that many times in each temper, every time other ways.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.walks.tempers import TEMPERS, Step
from tests.walks.town import Town
from tests.walks.walk import Walk

WALKS = int(os.environ.get("GRCPUSH_WALKS", "0"))
STEPS = 16
any_number = st.integers(0, 999)

walked = settings(
    # The first is the simplest there is: what walks of its kind begin with, and nothing after it.
    max_examples=WALKS or 2,
    derandomize=not WALKS,
    phases=(Phase.generate, Phase.shrink) if WALKS else (Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The loop in which everybody's servers run; it stands still between two walks."""
    with asyncio.Runner() as runner:
        yield runner.get_loop()


def steps_of(temper: str) -> st.SearchStrategy[list[Step]]:
    """Walks of this kind: each step a deed, and two numbers by which it chooses."""
    deeds = [deed for deed, weight in TEMPERS[temper].weights.items() for _ in range(weight)]
    step = st.tuples(st.sampled_from(["nothing", *deeds]), any_number, any_number)
    return st.lists(step, min_size=STEPS, max_size=STEPS)


@pytest.mark.timeout(0 if WALKS else 180)
@pytest.mark.parametrize("temper", TEMPERS)
def test_no_statement_is_ever_pushed_without_a_valid_quorum_on_its_exact_content(
    loop: asyncio.AbstractEventLoop,
    empty_database: Path,
    tmp_path: Path,
    temper: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A submission that is delivered again finds its modal gone, and would look for it for three seconds.
    monkeypatch.setattr("bot.slack.modals._LOOK_SECONDS", 0.01)
    counts: Counter[str] = Counter()

    async def walk(required: int, steps: Sequence[Step]) -> None:
        town = Town(tmp_path, empty_database, required)
        await town.open()
        try:
            walk = Walk(town, counts)
            for deed, n, m in (*TEMPERS[temper].begins, *steps):
                await getattr(walk, deed)(n, m)
            await walk.end()
        finally:
            await town.close()

    @walked
    @given(required=st.sampled_from((2, 1)), steps=steps_of(temper))
    def walks(required: int, steps: list[Step]) -> None:
        counts["walks"] += 1
        loop.run_until_complete(walk(required, steps))

    walks()

    missed = [what for what in TEMPERS[temper].meets if not counts[what]]
    assert not missed, f"walks that never met {missed} prove little; they met {dict(counts)}"
