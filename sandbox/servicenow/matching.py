"""Which requests a hook or a fault is for: by method, table, record, user, the nth of them, and chance."""

import random
from dataclasses import dataclass

from .exchange import Exchange


@dataclass
class Match:
    """A request claims it when all that is given fits. `nth` counts from 1 the requests that fit; `times` bounds the hits.

    `method` may list several (`PATCH,PUT`); a `sys_id` also fits a list whose query names it.
    """

    method: str = ""
    table: str = ""
    sys_id: str = ""
    user: str = ""
    path: str = ""
    nth: int | None = None
    times: int | None = None
    probability: float = 1.0
    kinds: tuple[str, ...] = ()
    seen: int = 0
    hits: int = 0

    def claims(self, exchange: Exchange, chance: random.Random) -> bool:
        """Whether it is for this request; counts the request where it fits."""
        if not self.fits(exchange) or (self.times is not None and self.hits >= self.times):
            return False
        self.seen += 1
        if self.nth is not None and self.seen != self.nth:
            return False
        if self.probability < 1.0 and chance.random() >= self.probability:
            return False
        self.hits += 1
        return True

    def fits(self, exchange: Exchange) -> bool:
        """Whether the request is of the kind meant, counts and chance apart."""
        if self.kinds and exchange.kind not in self.kinds:
            return False
        if self.method and exchange.method not in self.method.split(","):
            return False
        if self.table and exchange.table != self.table:
            return False
        if self.user and (exchange.user is None or exchange.user.user_name != self.user):
            return False
        if self.path and not exchange.record.path.startswith(self.path):
            return False
        return not self.sys_id or self.sys_id == exchange.sys_id or self.sys_id in exchange.record.query
