"""Deliveries of Slack's that were taken before. What is signed once is done once, whoever sends it again."""

import asyncio
import hashlib

# A signature holds for five minutes before its time stamp and five behind it.
_REMEMBERED_SECONDS = 600.0


def mark_of(signature: str, body: bytes) -> str:
    """What tells a delivery from all others; under a signature of another body it is not the same one."""
    return f"{signature} {hashlib.sha256(body).hexdigest()}"


class TakenDeliveries:
    """The deliveries of the last minutes, in this process; what another replica took, the rules of each deed refuse.

    Slack signs anew when it tries again, so nothing that Slack itself repeats is lost.
    """

    def __init__(self) -> None:
        """Nothing was taken yet."""
        self._until: dict[str, float] = {}

    def take(self, delivery: str) -> bool:
        """Whether the delivery with this mark is the first one. From now on it is taken."""
        now = asyncio.get_running_loop().time()
        while self._until and next(iter(self._until.values())) <= now:
            del self._until[next(iter(self._until))]
        if delivery in self._until:
            return False
        self._until[delivery] = now + _REMEMBERED_SECONDS
        return True

    def give_back(self, delivery: str) -> None:
        """Forget a delivery that came to nothing: forged, or met by an error."""
        self._until.pop(delivery, None)
