"""Looking for released work goes on, whatever a look ran into."""

import asyncio
import logging
from dataclasses import replace

import pytest

from bot.local import make_engine
from core.domain.push import RequestState
from core.engine.durable import Rhythm
from core.wiring import Core
from sandbox.data import Sample
from tests.cast import Cast, an_approved_request, until_ended


async def test_a_look_that_broke_down_is_an_error_in_the_log_and_the_next_one_finds_the_work(
    core: Core, cast: Cast, sample: Sample, caplog: pytest.LogCaptureFixture
) -> None:
    engine = make_engine(core, Rhythm(poll=0.02, sweep=0.02))
    has_waiting, has_broken_down = engine._work.has_waiting, asyncio.Event()

    async def breaks_down_once() -> bool:
        if not has_broken_down.is_set():
            has_broken_down.set()
            raise ValueError("a mistake of ours")
        return await has_waiting()

    engine._work = replace(engine._work, has_waiting=breaks_down_once)
    await engine.start()
    await has_broken_down.wait()

    card = await an_approved_request(core, cast, sample, 1)
    ended = await until_ended(core, card.id)

    await engine.stop(patience_seconds=5)
    assert ended.state is RequestState.DONE
    told = [record for record in caplog.records if record.message == "engine.sweep_failed"]
    assert [(record.levelno, record.exc_info is not None) for record in told] == [(logging.ERROR, True)]
