"""Who may write, and who counts as dead: with heartbeats kept in memory, and times short enough to be waited for."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.local import make_engine, open_core
from core.config import Settings
from core.engine.liveness import Liveness, Takeover, Timing


@dataclass
class Notebook:
    """Heartbeats, and what was taken over."""

    dead: list[str] = field(default_factory=list)
    beats: int = 0
    forgotten: list[str] = field(default_factory=list)
    recovered: list[str] = field(default_factory=list)
    pending: int = 0

    async def beat(self, executor_id: str) -> None:
        assert executor_id == "me"
        self.beats += 1

    async def silent(self, older_than_seconds: float) -> list[str]:
        assert older_than_seconds > 0
        return [*self.dead, "me"]

    async def forget(self, executor_id: str) -> None:
        self.forgotten.append(executor_id)
        self.dead = [other for other in self.dead if other != executor_id]

    async def recover(self, executor_ids: list[str]) -> None:
        self.recovered += executor_ids

    async def pending_of(self, _executor_id: str) -> int:
        return self.pending


def liveness(notebook: Notebook, timing: Timing) -> Liveness:
    return Liveness(notebook, "me", Takeover(notebook.recover, notebook.pending_of, lambda: None), timing)


@pytest.mark.parametrize("seconds", [1.0, 30.0, 300.0])
def test_a_process_counts_as_dead_only_after_its_longest_write_has_ended(seconds: float) -> None:
    timing = Timing.for_writes_of(seconds)

    assert timing.ttl > seconds
    assert timing.ttl - timing.longest_write >= 2 * timing.beat, "one beat that is late must not stop a push"


async def test_the_time_limit_of_a_write_decides_when_others_count_as_dead(settings: Settings) -> None:
    patient = settings.model_copy(update={"push_timeout_seconds": 120.0})

    async with open_core(patient) as core:
        assert make_engine(core)._rhythm.liveness == Timing.for_writes_of(120.0)


async def test_no_write_is_begun_that_could_outlast_the_heartbeat() -> None:
    alive = liveness(Notebook(), Timing(ttl=0.5, longest_write=0.4, beat=10.0))
    assert not alive.may_write()

    await alive.beat_once()
    assert alive.may_write()
    await asyncio.sleep(0.12)

    assert not alive.may_write()


async def test_the_silent_are_taken_over_once_we_have_been_healthy_ourselves_and_forgotten_when_nothing_is_theirs() -> (
    None
):
    notebook = Notebook(dead=["other"], pending=1)
    alive = liveness(notebook, Timing(ttl=0.2, longest_write=0.1, beat=0.02))
    running = asyncio.ensure_future(alive.run(lambda _error: False))
    async with asyncio.timeout(60):
        while not notebook.recovered:
            assert notebook.forgotten == []
            await asyncio.sleep(0.01)
    assert notebook.beats >= 2, "it declared another dead before it had been healthy for as long"

    notebook.pending = 0
    async with asyncio.timeout(60):
        while not notebook.forgotten:  # noqa: ASYNC110 -- only the notebook tells
            await asyncio.sleep(0.01)
    running.cancel()

    assert set(notebook.recovered) == set(notebook.forgotten) == {"other"}
