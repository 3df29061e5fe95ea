"""Cookie sessions. One session runs one or two transactions at a time; when too many wait, the answer is a bare 202.

A client without cookies gets a new session with each request. Sessions do not wait for each other.
"""

import asyncio
import hashlib
import random
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from .behaviour import Behaviour
from .exchange import Exchange


@dataclass
class Session:
    """One JSESSIONID. `route` names the node it is bound to; `user_name` is who signed in with it last."""

    id: str
    route: str
    user_name: str = ""
    running: int = 0
    is_new: bool = True
    waiting: list["asyncio.Future[None]"] = field(default_factory=list)


class Sessions:
    """All sessions of the server. `nodes` is how many application nodes stand behind the balancer."""

    def __init__(self, behaviour: Behaviour, chance: random.Random) -> None:
        self._behaviour = behaviour
        self._chance = chance
        self.by_id: dict[str, Session] = {}
        self.nodes = 2

    def of(self, exchange: Exchange) -> Session:
        """The session of the request's cookie, or a new one."""
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(exchange.headers.get("cookie", ""))
        except CookieError:
            cookies.clear()
        held = self.by_id.get(cookies["JSESSIONID"].value) if "JSESSIONID" in cookies else None
        if held is not None:
            held.is_new = False
            return held
        route = cookies["glide_user_route"].value if "glide_user_route" in cookies else self._new_route()
        session = Session(f"{self._chance.getrandbits(128):032X}", route)
        self.by_id[session.id] = session
        return session

    def node_of(self, session: Session) -> int:
        """Which node runs the session's transactions, counted from 0."""
        return int(hashlib.md5(session.route.encode(), usedforsecurity=False).hexdigest(), 16) % self.nodes

    def end_all(self) -> None:
        """Forget every session, as a restart or a failover does."""
        self.by_id.clear()

    async def enter(self, session: Session) -> bool:
        """Wait for a turn in the session; False when too many wait already. Each True needs a `leave`."""
        if session.running < self._behaviour.session_transactions:
            session.running += 1
            return True
        if len(session.waiting) >= self._behaviour.session_queue:
            return False
        turn = asyncio.get_running_loop().create_future()
        session.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in session.waiting:
                session.waiting.remove(turn)
            else:
                self.leave(session)  # the turn was given just as the request was cancelled
            raise
        return True

    def leave(self, session: Session) -> None:
        """End a transaction and give the turn to the one that waits longest."""
        while session.waiting:
            turn = session.waiting.pop(0)
            if not turn.done():
                turn.set_result(None)
                return
        session.running -= 1

    def cookies(self, session: Session) -> list[tuple[str, str]]:
        """The headers that set a new session's cookies."""
        if not session.is_new:
            return []
        return [
            ("Set-Cookie", f"JSESSIONID={session.id}; Path=/; HttpOnly; SameSite=None"),
            ("Set-Cookie", f"glide_user_route={session.route}; Path=/; HttpOnly"),
            ("Set-Cookie", "BIGipServerpool_sandbox=2013265930.40000.0000; Path=/"),
        ]

    def _new_route(self) -> str:
        return f"glide.{self._chance.getrandbits(128):032x}"
