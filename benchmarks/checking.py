"""The conflict check of a hundred statements."""

import time
from collections.abc import AsyncIterator

from benchmarks import bare
from benchmarks.lines import RTTS, Line, median, milliseconds
from benchmarks.scenes import a_core, a_folder, a_person, edit
from benchmarks.stand_in import stand_in
from core.domain.actor import Role
from core.usecases.requests.drafts import check_statements

_REPEATS = 7
_LIMITS = {0.150: 1.3, 0.050: 1.8}


async def lines() -> AsyncIterator[Line]:
    with stand_in(100) as server, a_folder() as folder:
        async with a_core(server.url, f"sqlite:///{folder}/check.db") as core, bare.clients(server.url, 5) as made:
            ids = await edit(core, server.sys_ids)
            person = await a_person(core, "requester", Role.REQUESTER)
            for rtt in RTTS:
                server.latency(rtt)
                server.requests()
                taken = []
                for _ in range(_REPEATS):
                    began = time.perf_counter()
                    await check_statements(core, person, ids)
                    taken.append(time.perf_counter() - began)
                asked = len(server.requests()) / _REPEATS
                in_bulk = median([await bare.bulk_check(made[0], server.sys_ids) for _ in range(_REPEATS)])
                each = await bare.one_get_each(made, server.sys_ids)
                topic = f"Conflict check of 100, RTT {milliseconds(rtt)}"
                if rtt == RTTS[0]:
                    yield Line(topic, "requests", asked, 2, "requests", "one GET for each statement: 100 requests")
                yardstick = f"bare httpx, one request: {in_bulk / rtt:.2f} RTT; one GET for each, five at once: {each / rtt:.1f} RTT"
                yield Line(topic, "time", median(taken) / rtt, _LIMITS[rtt], "RTT", yardstick)
