"""The connection breaks, crawls, or carries bytes that are hard to read (faults 27, 28, 29, 31)."""

import asyncio
import gzip
import json
from dataclasses import dataclass
from typing import ClassVar, Literal

from ..errors import Answer, envelope
from ..exchange import Exchange
from ..wire import ConnectionCut
from .envelopes import CANCELLED, CANCELLED_DETAIL
from .frame import Fault


@dataclass
class Reset(Fault):
    """27: the connection is reset: before any work, after the row was saved, or in the middle of the answer."""

    number: ClassVar[int] = 27
    name: ClassVar[str] = "reset"
    meaning: ClassVar[str] = (
        "The network connection is cut: before the write, after it, or half-way through the answer."
    )
    when: Literal["before", "after_commit", "mid_body"] = "before"

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """Cut before the work."""
        if self.when == "before":
            self._cut(exchange)
        return None

    async def answer(self, exchange: Exchange, answer: Answer) -> Answer:
        """Cut after the work, or arrange to cut while sending."""
        if self.when == "after_commit":
            self._cut(exchange)
        exchange.deliver = lambda whole: exchange.wire.send_part_then_reset(whole, len(whole.body) // 2)
        return answer

    def _cut(self, exchange: Exchange) -> None:
        exchange.wire.reset()
        raise ConnectionCut


@dataclass
class Slow(Fault):
    """28: `seconds` before or after the work; beyond `quota` seconds the transaction is cancelled.

    With `drip` the answer's body comes in pieces of that many bytes, `seconds` for the whole of it.
    """

    number: ClassVar[int] = 28
    name: ClassVar[str] = "slow"
    meaning: ClassVar[str] = "Every answer takes seconds longer than usual."
    kinds: ClassVar[tuple[str, ...]] = ("table", "stats", "oauth")
    seconds: float = 3.0
    when: Literal["before", "after"] = "before"
    quota: float = 300.0
    drip: int = 0

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """Let time pass before the work."""
        if self.drip:
            exchange.deliver = lambda whole: self._dripping(exchange, whole)
            return None
        return await self._pass_time() if self.when == "before" else None

    async def answer(self, exchange: Exchange, answer: Answer) -> Answer:  # noqa: ARG002
        """Let time pass after it."""
        late = await self._pass_time() if self.when == "after" and not self.drip else None
        return late or answer

    async def _pass_time(self) -> Answer | None:
        await asyncio.sleep(min(self.seconds, self.quota))
        return envelope(500, CANCELLED, CANCELLED_DETAIL) if self.seconds > self.quota else None

    async def _dripping(self, exchange: Exchange, answer: Answer) -> None:
        pieces = max(1, len(answer.body) // self.drip)
        await exchange.wire.drip(answer, size=self.drip, seconds=self.seconds / pieces)


@dataclass
class HalfJson(Fault):
    """29: the transaction is cancelled while its answer streams: 200, half the JSON, then the error text."""

    number: ClassVar[int] = 29
    name: ClassVar[str] = "half_json"
    meaning: ClassVar[str] = (
        "The answer breaks off in the middle and ends with a cancellation notice: 200, but no valid JSON."
    )
    fraction: float = 0.5

    async def answer(self, exchange: Exchange, answer: Answer) -> Answer:  # noqa: ARG002
        """Cut the body and append the notice."""
        if answer.status < 300:
            answer.body = (
                answer.body[: int(len(answer.body) * self.fraction)] + envelope(200, CANCELLED, CANCELLED_DETAIL).body
            )
        return answer


@dataclass
class OddEncoding(Fault):
    """31: a body that is right but unusual: compressed, with a byte order mark, in Latin-1, or without a charset."""

    number: ClassVar[int] = 31
    name: ClassVar[str] = "odd_encoding"
    meaning: ClassVar[str] = (
        "The answer is right but comes compressed, with a byte order mark or in another character set."
    )
    kind: Literal["gzip", "bom", "latin1", "no_charset", "wrong_charset"] = "gzip"

    async def answer(self, exchange: Exchange, answer: Answer) -> Answer:  # noqa: ARG002
        """Spell the body another way."""
        if not answer.body:
            return answer
        if self.kind == "gzip":
            answer.body = gzip.compress(answer.body)
            answer.headers.append(("Content-Encoding", "gzip"))
        elif self.kind == "bom":
            answer.body = b"\xef\xbb\xbf" + answer.body
        elif self.kind == "latin1":
            answer.body = _in_latin1(answer.body)
            answer.content_type = "application/json;charset=ISO-8859-1"
        else:
            # The bytes stay UTF-8; the header says nothing, or something else.
            answer.content_type = "application/json" + (";charset=ISO-8859-1" if self.kind == "wrong_charset" else "")
        return answer


def _in_latin1(body: bytes) -> bytes:
    """The JSON with each character in Latin-1 or, where it has none, as an escape."""
    text = json.dumps(json.loads(body), ensure_ascii=False)
    return "".join(sign if ord(sign) < 256 else json.dumps(sign)[1:-1] for sign in text).encode("latin-1")


FAULTS: list[type[Fault]] = [Reset, Slow, HalfJson, OddEncoding]
