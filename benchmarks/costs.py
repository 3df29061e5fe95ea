"""What grcpush's own processor time goes into, by library: a profile of a check, a push and a pull."""

import contextlib
import cProfile
import pstats
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.lines import RTTS
from benchmarks.pushing import approve, until_ended
from benchmarks.scenes import a_core, a_folder, a_person, an_engine, edit, request
from benchmarks.stand_in import stand_in
from core.domain.actor import Role
from core.usecases.pulling.pull import pull
from core.usecases.requests.drafts import check_statements

_STATEMENTS, _CHECKED = 5_000, 100
_ROOT = Path(__file__).parents[1]
_SITE = Path(sysconfig.get_path("purelib"))
_DATABASE, _HTTP = "SQLAlchemy and SQLModel", "httpx and httpcore"
_NAMES = {
    "sqlalchemy": _DATABASE, "sqlmodel": _DATABASE, "pydantic": _DATABASE, "aiosqlite": _DATABASE, "greenlet": _DATABASE,
    "httpx": _HTTP, "httpcore": _HTTP, "h11": _HTTP, "anyio": _HTTP,
    "dbos": "DBOS",
}  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """The share of each library in the time of the event loop's thread, adding up to 1."""

    work: str
    shares: Mapping[str, float]


async def costs() -> list[Cost]:
    """Profiles of a check of 100, a push of 100 and a pull of 5,000."""
    with stand_in(_STATEMENTS) as server, a_folder() as folder:
        async with a_core(server.url, f"sqlite:///{folder}/costs.db") as core, an_engine(core):
            hundred = server.sys_ids[:_CHECKED]
            person = await a_person(core, "requester", Role.REQUESTER)
            ids = await edit(core, hundred)
            await check_statements(core, person, ids)
            with _profiled() as checking:
                await check_statements(core, person, ids)
            card = await request(core, ids)
            server.latency(RTTS[1])
            with _profiled() as pushing:
                await approve(core, card)
                await until_ended(core, card.id)
            server.latency(0)
            with _profiled() as pulling:
                await pull(core, is_full=True)
    profiles = {"check of 100": checking, "push of 100": pushing, "full pull of 5,000": pulling}
    return [Cost(work, _shares(profile)) for work, profile in profiles.items()]


@contextlib.contextmanager
def _profiled() -> Iterator[cProfile.Profile]:
    """Counts processor time only: what is waited for costs nothing."""
    profile = cProfile.Profile(time.thread_time)
    profile.enable()
    try:
        yield profile
    finally:
        profile.disable()


def _shares(profile: cProfile.Profile) -> Mapping[str, float]:
    """The own time of all functions, by library; that of functions in C belongs to whoever called them."""
    seconds: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        if file != "~":
            seconds[_library(file)] += own
            continue
        for (caller, _, _), (_, _, of_caller, _) in callers.items():
            seconds[_library(caller)] += of_caller
    whole = sum(seconds.values())
    return {library: spent / whole for library, spent in seconds.items()}


def _library(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(_SITE):
        name = path.relative_to(_SITE).parts[0].removesuffix(".py")
        return _NAMES.get(name, name)
    if path.is_relative_to(_ROOT):
        return ".".join(path.relative_to(_ROOT).parts[:2]).removesuffix(".py")
    return "Python and its own library"
