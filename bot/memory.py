"""Memory: what Python's collector of reference cycles need not look at, and what the allocator may give back.

While the collector looks, nothing else happens.
"""

import ctypes
import gc
import sys

# Python's own 700 is from a time of small programs: a pull of fifty thousand statements spends an eighth of its time
# in the collector with it, and a fiftieth with this; loading the program a tenth. The memory it takes is a few megabytes.
_NEW_OBJECTS = 10_000


def collect_seldom() -> None:
    """Call it first of all: from then on the collector looks when ten thousand objects more are there than at its last look."""
    gc.set_threshold(_NEW_OBJECTS)


def settle_collector() -> None:
    """Call it when everything is there that lives as long as the process: from then on only what comes later is looked at."""
    collect_seldom()
    gc.collect()
    gc.freeze()


def give_back_memory() -> None:
    """Call it after work that took much memory for a while: glibc keeps what is free between pages in use, some megabytes of it."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
