"""`grcpush serve` with a watch on its event loop: every callback is timed, and the longest ones are written to a file.

The time a callback takes is how long everything else in the process waits for it. Beside the wall's time stands the
processor time of the loop's thread: on a busy machine the two differ, and only the second is the program's own doing.
"""

import asyncio
import json
import sys
import threading
import time
from asyncio import events
from pathlib import Path

from bot.cli.serve import serve

_EVERY_SECONDS = 0.2


class Watch:
    """Times the callbacks of the main thread's loop since it was last reset."""

    def __init__(self) -> None:
        self.longest = (0.0, 0.0, "")
        self._run = events.Handle._run

    def install(self) -> None:
        plain, thread = self._run, threading.get_ident()

        def timed(handle: events.Handle) -> None:
            if threading.get_ident() != thread:
                plain(handle)
                return
            wall, own = time.perf_counter(), time.thread_time()
            plain(handle)
            taken = time.perf_counter() - wall
            if taken > self.longest[0]:
                self.longest = (taken, time.thread_time() - own, repr(handle)[:300])

        events.Handle._run = timed

    def write(self, path: Path) -> None:
        """Write what was longest, again and again; a file beside it with the name `reset` begins anew."""
        reset = path.with_suffix(".reset")
        while True:
            time.sleep(_EVERY_SECONDS)
            if reset.exists():
                self.longest = (0.0, 0.0, "")
                reset.unlink()
            part = path.with_suffix(".part")
            part.write_text(json.dumps(self.longest))
            part.replace(path)


if __name__ == "__main__":
    watch = Watch()
    watch.install()
    threading.Thread(target=watch.write, args=(Path(sys.argv[1]),), daemon=True).start()
    assert asyncio.Handle is events.Handle
    serve()
