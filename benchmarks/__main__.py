"""`python -m benchmarks [PART ...] [--profile PART]`: measure, print the table, and write docs/performance.md."""

import argparse
import asyncio
import cProfile
import pstats
import sys
import time

from benchmarks import checking, pulling, pushing, report, scale, serving
from benchmarks.costs import costs
from benchmarks.lines import Line

PARTS = {"check": checking, "push": pushing, "serve": serving, "pull": pulling, "scale": scale}
_PROFILED_ROWS = 40


async def _measured(parts: list[str]) -> list[Line]:
    lines = []
    for name in parts:
        began = time.perf_counter()
        async for line in PARTS[name].lines():
            lines.append(line)
            mark = "  " if line.is_reached else "!!"
            print(
                f"{mark} {line.topic}: {line.what}: {line.shown(line.value)} (bar {line.shown(line.limit)}) {line.yardstick}",
                flush=True,
            )
        print(f"   {name} took {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return lines


def _profile(name: str) -> None:
    profile = cProfile.Profile(time.thread_time)
    profile.enable()
    asyncio.run(_measured([name]))
    profile.disable()
    for order in ("tottime", "cumtime"):
        pstats.Stats(profile).sort_stats(order).print_stats(_PROFILED_ROWS)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", choices=[[], *PARTS], help="measure only these (and write nothing, but with --write)"
    )
    parser.add_argument("--write", action="store_true", help="write the page although only some parts are measured")
    parser.add_argument("--profile", choices=PARTS, help="measure one part and show what costs most in this process")
    options = parser.parse_args()
    if options.profile:
        _profile(options.profile)
        return
    lines = asyncio.run(_measured(options.parts or list(PARTS)))
    if not options.parts or options.write:
        report.write(lines, options.parts or list(PARTS), asyncio.run(costs()))
        print(f"\nWritten to {report.PATH}")


if __name__ == "__main__":
    main()
