"""`Idempotency-Key`: a POST that is sent again is not done again."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import Response

from bot.api.callers import Api, Caller, Its
from bot.api.problems import ApiProblem
from core.usecases.operations.idempotency import (
    KeptAnswer,
    KeyedRequest,
    KeyIsBusy,
    KeyNamesAnother,
    begin,
    forget,
    keep_answer,
)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="A name for this request, made up by the sender. Sent again within a day with the same name and the "
        "same content, it is answered as the first time and not done again.",
    ),
]


@dataclass(frozen=True)
class Done:
    """What a request came to."""

    status: int
    body: BaseModel
    location: str = ""


@dataclass(frozen=True)
class Once:
    """Runs the work of one request, unless it was done before under the same key."""

    api: Api
    keyed: KeyedRequest | None

    async def __call__(self, work: Callable[[], Awaitable[Done]]) -> Response:
        """The answer of the work, or the one it gave before. Raises ApiProblem for a key that is busy or taken."""
        if self.keyed is None:
            return _response(_kept(await work()))
        try:
            before = await begin(self.api.core, self.keyed)
        except KeyIsBusy:
            raise ApiProblem(
                409, "idempotency_key_busy", "The request with this Idempotency-Key is under way.", Retry_After="1"
            ) from None
        except KeyNamesAnother:
            raise ApiProblem(
                409, "idempotency_key_taken", "This Idempotency-Key was used for another request."
            ) from None
        if before is not None:
            return _response(before, Idempotency_Replayed="true")
        try:
            answer = _kept(await work())
        except Exception:
            await forget(self.api.core, self.keyed)
            raise
        await keep_answer(self.api.core, self.keyed, answer)
        return _response(answer)


async def once_of(request: Request, its: Its, caller: Caller, key: IdempotencyKey = None) -> Once:
    """The guard of this request; without a key it guards nothing."""
    if key is None:
        return Once(its, None)
    content = b"\n".join((request.method.encode(), request.url.path.encode(), await request.body()))
    return Once(its, KeyedRequest(caller.id, key, hashlib.sha256(content).hexdigest()))


OnceOnly = Annotated[Once, Depends(once_of)]


def _kept(done: Done) -> KeptAnswer:
    return KeptAnswer(done.status, done.location, done.body.model_dump_json(exclude_none=True))


def _response(answer: KeptAnswer, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if answer.location:
        named["Location"] = answer.location
    return Response(answer.body, answer.status, named, media_type="application/json")
