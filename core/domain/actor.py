"""Who does something, and what that person may do."""

import uuid
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from core.domain.origin import SOMEWHERE_IN_SLACK, Origin
from core.errors import NotAllowed


class Role(StrEnum):
    """What a person may do; one person may have several roles."""

    EDITOR = "editor"
    REQUESTER = "requester"
    APPROVER = "approver"
    ADMIN = "admin"


@dataclass(frozen=True)
class Identity:
    """What is known of a person where they come from (Slack, a token, the command line)."""

    name: str
    email: str | None = None
    slack_user_id: str | None = None
    time_zone: str = "UTC"


@dataclass(frozen=True)
class Grant:
    """One role, for the systems whose names match one of the globs."""

    role: Role
    systems: tuple[str, ...] = ("*",)

    def covers(self, system: str) -> bool:
        """Whether the grant holds for this system."""
        return any(fnmatchcase(system.casefold(), glob.casefold()) for glob in self.systems)


@dataclass(frozen=True)
class Actor:
    """The person an act is charged to, with the roles held at this very moment, and where the act comes from."""

    id: uuid.UUID
    name: str
    email: str | None = None
    slack_user_id: str | None = None
    grants: tuple[Grant, ...] = ()
    origin: Origin = SOMEWHERE_IN_SLACK

    def has_role(self, role: Role) -> bool:
        """Whether the person holds the role for any system at all."""
        return any(grant.role is role for grant in self.grants)

    def may(self, role: Role, system: str) -> bool:
        """Whether the person holds the role for this system."""
        return any(grant.role is role and grant.covers(system) for grant in self.grants)

    def require_reader(self, systems: tuple[str, ...]) -> None:
        """Raise NotAllowed unless the person holds some role for each of the systems, and so may read its texts."""
        for system in systems:
            if not any(grant.covers(system) for grant in self.grants):
                raise NotAllowed(
                    f"The texts of {system} are for people who have a role there.",
                    gate="reader",
                    next_step="Ask an admin to add you to one in grcpush's configuration.",
                )

    def require(self, role: Role, systems: tuple[str, ...] = ()) -> None:
        """Raise NotAllowed unless the person holds the role for each of the systems (for any, when none is named)."""
        if not systems and not self.has_role(role):
            raise NotAllowed(
                f"This needs the role “{role.value}”, which you do not have.",
                gate=f"role:{role.value}",
                next_step="Ask an admin to add you to it in grcpush's configuration.",
            )
        for system in systems:
            if not self.may(role, system):
                raise NotAllowed(
                    f"You do not have the role “{role.value}” for {system}.",
                    gate=f"role:{role.value}",
                    next_step=f"Ask an admin, or choose only statements of systems you are {role.value} for.",
                )
