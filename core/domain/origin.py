"""Where somebody acts: the click, modal, command or token that an act comes from. Kept in the audit trail with the act."""

from dataclasses import dataclass
from enum import StrEnum


class Via(StrEnum):
    """The ways in."""

    SLACK = "slack"
    API = "api"
    CLI = "cli"


class Surface(StrEnum):
    """What somebody used in Slack."""

    MESSAGE = "message"
    MODAL = "modal"
    COMMAND = "command"
    HOME = "home"
    SHORTCUT = "shortcut"
    REPLY = "reply"


@dataclass(frozen=True)
class Origin:
    """Where an act comes from, as precisely as its way in can tell.

    In Slack, `channel` and `message` are the ids of the message that was clicked (`message` is its time stamp, which is
    its id in the channel); a modal belongs to no channel, and a command to no message. `token` is the name of the API
    token, or its id where it has none; on the command line, `operating_system_user` is who ran it.
    """

    via: Via
    surface: Surface | None = None
    channel: str = ""
    message: str = ""
    token: str = ""
    operating_system_user: str = ""

    @property
    def via_words(self) -> str:
        """The way in, with the user of the operating system where there is one."""
        return f"{self.via} ({self.operating_system_user})" if self.operating_system_user else self.via.value

    @property
    def place(self) -> dict[str, str]:
        """What is known besides the way in, by name; empty where nothing is."""
        known = {"surface": self.surface or "", "channel": self.channel, "message": self.message, "token": self.token}
        return {name: str(value) for name, value in known.items() if value}


SOMEWHERE_IN_SLACK = Origin(Via.SLACK)


def place_words(place: dict[str, str]) -> str:
    """A place (`Origin.place`) in words for people: “message 1712.34 in C0GRC”, “modal”; empty for none."""
    if token := place.get("token"):
        return f"token “{token}”"
    surface = place.get("surface", "")
    what = f"{surface} {place['message']}" if place.get("message") else surface
    return f"{what} in {place['channel']}" if place.get("channel") else what


_WAYS = {Via.SLACK: "in Slack", Via.API: "over the API", Via.CLI: "on the command line"}


def way_words(via: str) -> str:
    """The way in, as an audit event keeps it, in words for people: “on the command line (root)”."""
    way, space, who = via.partition(" ")
    return f"{_WAYS[Via(way)]}{space}{who}" if way in _WAYS else via
