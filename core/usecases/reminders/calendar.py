"""The deployment's working days and holidays."""

from core.domain.digest import Calendar, parse_days
from core.wiring import Core


def calendar_of(core: Core) -> Calendar:
    """The days on which people are reminded of things."""
    return Calendar(parse_days(core.settings.digest_days), frozenset(core.settings.digest_holidays))
