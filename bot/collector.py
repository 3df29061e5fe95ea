"""Python's collector of reference cycles, told what it need not look at. While it looks, nothing else happens."""

import gc

# Python's own 700 is from a time of small programs: a pull of fifty thousand statements spends an eighth of its time
# in the collector with it, and a fiftieth with this. The memory it takes is a few megabytes.
_NEW_OBJECTS = 10_000


def settle_collector() -> None:
    """Call it when everything is there that lives as long as the process: from then on only what comes later is looked at."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
