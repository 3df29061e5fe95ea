"""Python's collector of reference cycles, told what it need not look at. While it looks, nothing else happens."""

import gc

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
