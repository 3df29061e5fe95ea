"""The faults as a person switches them: a chosen few with a title and settings that show well, then all the others."""

from dataclasses import dataclass, field, fields
from typing import Any

from ..faults import MATCHING, Active, Fault, Faults
from ..matching import Match


@dataclass(frozen=True)
class Switch:
    """A fault as offered to people."""

    title: str
    settings: dict[str, Any] = field(default_factory=dict)


# In the order in which the page shows them.
FEATURED: dict[str, Switch] = {
    "edit_before_write": Switch("An edit just before the next write", {"times": 1}),
    "slow": Switch("Slow answers", {"seconds": 3.0}),
    "rate_limit": Switch("Too many requests (429)", {"limit": 0, "retry_after": 5}),
    "server_error": Switch("Server errors on writes (500)", {"method": "PATCH,PUT"}),
    "field_acl_drop": Switch("Silent drop"),
    "sanitizer": Switch("HTML sanitizer"),
    "html_page": Switch("Hibernating"),
}


def switches(faults: Faults) -> list[dict[str, Any]]:
    """All faults that can be switched from the page, the featured ones first."""
    kinds = {kind.name: kind for kind in faults.catalogue if kind.name != "client_crash"}
    names = [*FEATURED, *(name for name in kinds if name not in FEATURED)]
    return [_described(faults, kinds[name]) for name in names]


def turn(faults: Faults, name: str, on: bool, settings: dict[str, Any]) -> dict[str, Any]:
    """Switch a fault and give back how it stands; raises ValueError for an unknown fault or setting."""
    kind = faults.kind(name)
    if kind.name == "client_crash":
        raise ValueError("this fault is for programs only")
    known = MATCHING | {item.name for item in fields(kind) if item.init and item.name != "sn"}
    if settings.keys() - known:
        raise ValueError(f"{kind.name} has no setting {', '.join(sorted(settings.keys() - known))}")
    faults.off(kind.name)
    if on:
        standard = FEATURED.get(kind.name, Switch("")).settings
        faults.on(kind.name, **{**standard, **settings})
    return _described(faults, kind)


def _described(faults: Faults, kind: type[Fault]) -> dict[str, Any]:
    active = [active for active in faults.active if active.fault.name == kind.name]
    featured = FEATURED.get(kind.name)
    return {
        "number": kind.number,
        "name": kind.name,
        "title": featured.title if featured else kind.name.replace("_", " ").capitalize(),
        "meaning": kind.meaning,
        "featured": featured is not None,
        "on": any(not _is_spent(one.match) for one in active),
        "hits": sum(one.hits for one in active),
        "settings": _settings(active[-1]) if active else dict(featured.settings if featured else {}),
    }


def _is_spent(match: Match) -> bool:
    """Whether it has done all it was to do."""
    return match.times is not None and match.hits >= match.times


def _settings(active: Active) -> dict[str, Any]:
    own = {
        item.name: getattr(active.fault, item.name) for item in fields(active.fault) if item.init and item.name != "sn"
    }
    match = {name: value for name in sorted(MATCHING) if (value := getattr(active.match, name)) not in ("", None, 1.0)}
    return own | match
