"""A push of a hundred statements with full protection, against what the limit of five writes at once allows."""

import asyncio
import math
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from sqlmodel import col, func, select

from benchmarks import bare
from benchmarks.lines import RTTS, Line, median, milliseconds
from benchmarks.scenes import a_core, a_folder, a_person, an_engine, edit, request
from benchmarks.stand_in import Seen, StandIn, stand_in
from core.domain.actor import Role
from core.domain.push import OPEN_STATES
from core.models.requests import RequestCard
from core.store.push_tables import PushItemRow, PushJobRow
from core.store.pushes import get_request
from core.usecases.approvals.deciding import approve_push
from core.usecases.pulling.pull import pull
from core.wiring import Core

STATEMENTS = 100
LANES = 5
_REPEATS = 3
_LIMITS = {0.150: 1.15, 0.050: 1.35}


@dataclass(frozen=True)
class Push:
    """What one push took, in seconds; `ages` is the time from the answer of the last look at each record to its write."""

    to_first_claim: float
    claim_to_last_answer: float
    ages: Sequence[float]


async def lines() -> AsyncIterator[Line]:
    with stand_in(STATEMENTS + 20) as server, a_folder() as folder:
        hundred, three = server.sys_ids[:STATEMENTS], server.sys_ids[STATEMENTS : STATEMENTS + 3]
        async with (
            a_core(server.url, f"sqlite:///{folder}/push.db") as core,
            an_engine(core),
            bare.clients(server.url, LANES) as made,
        ):
            # The first one compiles queries and opens connections; a bot has done both when somebody approves.
            await push_once(core, server, hundred[:10], RTTS[1])
            first_claims: list[float] = []
            for rtt in RTTS:
                pushes = [await push_once(core, server, hundred, rtt) for _ in range(_REPEATS)]
                first_claims += [push.to_first_claim for push in pushes]
                plain = await bare.unprotected_push(made, hundred, "<p>Written without any protection.</p>")
                looks = await bare.one_get_each(made, hundred)
                for line in _lines_of(rtt, pushes, plain, looks):
                    yield line
                server.latency(0)
                await pull(core, is_full=True)  # takes over what the yardsticks wrote
            yield Line("Approval to first claim", f"the slowest of {len(first_claims)}", max(first_claims), 0.5, "s")
            waits = [await fairness(core, server, hundred, three) for _ in range(3)]
            topic = "3 statements behind 100, RTT 150 ms"
            yield Line(topic, "approval to the first write", median(waits), 1.0, "s", "first come, first served: 4 s")


def _lines_of(rtt: float, pushes: Sequence[Push], plain: float, looks: float) -> list[Line]:
    bound = (math.ceil(STATEMENTS / LANES) + 1) * rtt
    took = median([push.claim_to_last_answer for push in pushes])
    topic = f"Push of 100 with full protection, RTT {milliseconds(rtt)}"
    yardstick = (
        f"bound {bound:.2f} s; bare httpx without any protection: {plain / bound:.2f} times; "
        f"with a GET before each write: {(plain + looks) / bound:.2f} times"
    )
    age = median([max(push.ages) for push in pushes]) / rtt
    return [
        Line(topic, "first claim to last answer", took / bound, _LIMITS[rtt], "times", yardstick),
        Line(topic, "oldest look when its write was sent", age, 2.0, "RTT"),
    ]


async def push_once(core: Core, server: StandIn, sys_ids: Sequence[str], rtt: float) -> Push:
    """Edit, request, approve and push these statements, with this round trip."""
    server.latency(0)
    card = await request(core, await edit(core, sys_ids))
    server.latency(rtt)
    server.requests()
    await asyncio.sleep(0.3)
    approved_at = core.clock.now()
    await approve(core, card)
    await until_ended(core, card.id)
    seen = server.requests()
    writes = [one for one in seen if one.is_write]
    reads = [one for one in seen if not one.is_write]
    assert len(writes) == len(sys_ids), f"{len(writes)} writes for {len(sys_ids)} statements"
    # The claim is made in the moments after the look, so counting from the look's answer favours nobody.
    claimed = min(one.ended for one in reads if writes[0].sys_id in one.query)
    async with core.db.reading() as tx:
        own = select(func.min(PushItemRow.intent_at)).join(PushJobRow, col(PushItemRow.job_id) == col(PushJobRow.id))
        first_claim = (await tx.exec(own.where(PushJobRow.request_id == card.id))).one()
    return Push(
        (first_claim - approved_at).total_seconds(),
        max(one.ended for one in writes) - claimed,
        ages(reads, writes),
    )


async def fairness(core: Core, server: StandIn, many: Sequence[str], few: Sequence[str]) -> float:
    """Seconds from the approval of a small request to its first write, while a large one is being pushed."""
    server.latency(0)
    large = await request(core, await edit(core, many))
    small = await request(core, await edit(core, few))
    server.latency(RTTS[0])
    server.requests()
    await approve(core, large)
    await asyncio.sleep(1.0)
    began = time.monotonic()
    await approve(core, small)
    await until_ended(core, small.id)
    await until_ended(core, large.id)
    return min(one.started for one in server.requests() if one.is_write and one.sys_id in few) - began


def ages(reads: Sequence[Seen], writes: Sequence[Seen]) -> list[float]:
    """How long before each write its record was read last."""
    return [
        write.started - max(read.ended for read in reads if write.sys_id in read.query and read.ended <= write.started)
        for write in writes
    ]


async def approve(core: Core, card: RequestCard) -> None:
    approver = await a_person(core, "approver", Role.APPROVER)
    await approve_push(core, approver, card.id, shown_digest=card.content_digest)


async def until_ended(core: Core, request_id: uuid.UUID) -> None:
    """Look as rarely as somebody who waits would, so as not to be measured ourselves."""
    while True:
        await asyncio.sleep(0.25)
        async with core.db.reading() as tx:
            if (await get_request(tx, request_id)).state not in OPEN_STATES:
                return
