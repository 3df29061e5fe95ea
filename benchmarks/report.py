"""docs/performance.md: the table of a run, in the text that belongs to it."""

import datetime as dt
import os
import platform
import subprocess
import sys
import timeit
from collections.abc import Sequence
from pathlib import Path

from benchmarks.costs import Cost
from benchmarks.lines import Line

_NOTICEABLE = 0.02
PATH = Path(__file__).parents[1] / "docs" / "performance.md"

_PAGE = """# Performance

`make bench` writes this page: the table comes from one run, the text is kept in `benchmarks/report.py`. It needs nothing but the
machine. `make bench ARGS="push check"` runs some parts (and writes nothing without `--write`), `make bench ARGS="--profile push"` says what
costs most.

## How it is measured

- ServiceNow is the stand-in of `sandbox/`, in a process of its own. Every answer takes one round trip (RTT) of a set length.
- Ratios are to a yardstick of the same run: the bound that five writes at once allow, or the same requests by httpx alone.
  Seconds, milliseconds and megabytes are of this machine: {machine}.
  The slower a machine and the shorter the round trip, the more of a ratio is processor time: the lines at 50 ms depend on it too.
- The bound of a push of 100 statements is 21 round trips: twenty rounds of five writes, and one for the first write, the canary,
  which goes alone. The time runs from the look before the first claim to the answer to the last write. It includes
  the fresh look at every record before its write, the intent on the disk before anything is sent, the verification of each answer,
  and the result with its audit event on the disk. It does not include the settling read some seconds later.
- Medians, unless the line says otherwise.

## The run of {date}

Measured: {parts}. The load of the machine over the fifteen minutes before the end was {load:.1f} on {cores} cores; when it is above
one or so, other programs wanted the same time, and the ratios are worse than this program alone would reach.

{table}

{verdict}

On 2026-11-23 a machine that was more than twice as fast (it verified the 100,000 events in 3.6 s) reached every bar but that of the
memory, with the code of that day: check 1.16 and 1.49 RTT, push 1.07 and 1.20 times, approval to first claim 0.30 s, ready after 2.1 s,
3.5 % of a core at rest, pull 1.06 and 1.27 times, the lists of 10,000 in 11 to 48 ms, a page over REST in 88 and 130 ms, the digests in 15 s.
The page of the modal with all chosen was not measured then.

What is close to its bar, and why:

- **Conflict check.** The round trip is one request, and our own texts are read while it is under way. What comes on top, the same at either
  round trip, is processor time: finding out what to ask for, reading the answer, comparing the texts, and recording what was found.
- **Push at 50 ms.** A turn of the reader (what is released, what comes next, the look, the claim) brings ten statements, and takes
  as long as two rounds of five writes do. On a slow machine it takes longer than that: the lanes wait for it, and looks grow too old and
  are made again. So this line varies most: four runs on 2026-12-01 took between 1.55 and 2.25 times.
- **Pull.** At 150 ms it waits for ServiceNow. At 50 ms the answers come faster than one process can take them in, about 0.1 ms of its
  event loop for each statement; storing them goes on beside that, in SQLite's own thread.
- **Lists of 10,000.** A page is read from an index in its order ([decision 24](decisions/0024-lists-are-read-in-their-order.md)). What is left
  is one walk through it that counts, for those who may be chosen without a look, and some ten small queries. The modal walks it again to
  count what is chosen, less what could not be chosen when all were (2,000 here); a message counts by system, too.
- **Ready to answer.** All but half a second of it is loading the code.
- **Memory at rest.** Most of it is the code of the libraries, as the same row shows; what is read and worked on comes on top. What is free
  after a pull is given back, 9 MB of it. Tried, and of no use: fewer pages that wait in a pull, one arena of the allocator (4 MB less),
  a smaller cache of SQLite (4 MB less).
- **A busy machine.** A push needs about half of one core at 50 ms, a pull all of one. Where other programs want the same
  core, the answers wait for it; the yardstick of bare httpx in the same row shows how much of that is due to the machine.

## What the time goes into

Processor time in the thread of the event loop, waiting not counted, measured in the same run by a profiler (which makes
code that calls many small functions look somewhat more expensive than it is):

{costs}

`make bench ARGS="--profile push"` shows the single functions.

A push waits for ServiceNow; what grcpush itself does has to fit between the answers. With the settling read that is about 7 ms of
processor time for each statement on the machine above (18 ms before the four things that follow):

- **One survey a turn.** The reader asks once how all released jobs stand, and once for the next statements of all of them.
- **Together.** The intents of a look are one commit, and so are results that come within 20 ms of each other. The rules remain: no text is
  sent before its intent is on the disk, and no result is reported before it is.
- **Looking behind the canary.** While the first write of a job is under way, the next statements are already read. None of them is
  claimed or sent before the canary has succeeded, and a look that has grown too old is made again.
- **One turn of the thread for a query.** SQLite runs in a thread for each connection, and handing work to it costs more than most queries.
  `core/store/sqlite_driver.py` hands over a whole query at once.

A text of ordinary length is compared on the event loop; a long one in a thread of its own, so that no acknowledgement waits for it.
"""


def write(lines: Sequence[Line], parts: Sequence[str], costs: Sequence[Cost]) -> None:
    """Write the page."""
    PATH.write_text(
        _PAGE.format(
            machine=_machine(),
            parts=", ".join(parts),
            load=os.getloadavg()[2],
            cores=os.cpu_count(),
            date=f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",
            table=table(lines),
            verdict=_verdict(lines),
            costs=_costs_table(costs),
        ),
        encoding="utf-8",
    )


def table(lines: Sequence[Line]) -> str:
    """The lines as a table in Markdown."""
    rows = ["| | Measured | Bar | Yardstick of the same run |", "|---|---|---|---|"]
    for line in lines:
        mark = "" if line.is_reached else " **missed**"
        rows.append(
            f"| {line.topic}: {line.what} | {line.shown(line.value)}{mark} | {line.shown(line.limit)} | {line.yardstick} |"
        )
    return "\n".join(rows)


def _costs_table(costs: Sequence[Cost]) -> str:
    """A column for each piece of work, a row for each library that takes a noticeable part of any."""
    highest = {library: max(cost.shares.get(library, 0) for cost in costs) for cost in costs for library in cost.shares}
    libraries = sorted(
        (library for library in highest if highest[library] >= _NOTICEABLE), key=lambda one: -highest[one]
    )
    rows = [f"| | {' | '.join(cost.work.capitalize() for cost in costs)} |", "|---|" + "---|" * len(costs)]
    rows += [
        f"| {library} | {' | '.join(f'{cost.shares.get(library, 0):.0%}' for cost in costs)} |" for library in libraries
    ]
    return "\n".join(rows)


def _verdict(lines: Sequence[Line]) -> str:
    missed = [line for line in lines if not line.is_reached]
    if not missed:
        return "Every bar is reached."
    told = [
        f"- {line.topic}, {line.what}: {line.shown(line.value)}, {line.value / line.limit:.2f} times what it may be."
        for line in missed
    ]
    return "\n".join(["Not reached in this run:", "", *told])


def _machine() -> str:
    command = [sys.executable, "-c", "import sqlalchemy.ext.asyncio"]
    took = min(timeit.repeat(lambda: subprocess.run(command, check=True), number=1, repeat=3))
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}; "
        f"Python is there with SQLAlchemy loaded after {took:.2f} s"
    )
