"""The ids that belong to everything logged while something is done: bound once, where it begins."""

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})
_bound: ContextVar[Mapping[str, str]] = ContextVar("grcpush_log_context", default=_NOTHING)


@contextlib.contextmanager
def bound(**ids: object) -> Iterator[None]:
    """Have these ids in every log record until the block ends, also in tasks that are started inside it."""
    token = _bound.set({**_bound.get(), **{name: str(value) for name, value in ids.items()}})
    try:
        yield
    finally:
        _bound.reset(token)


def note(**ids: object) -> None:
    """Add ids that became known only now, until the surrounding block ends."""
    _bound.set({**_bound.get(), **{name: str(value) for name, value in ids.items()}})


def bound_ids() -> Mapping[str, str]:
    """The ids bound at present."""
    return _bound.get()
