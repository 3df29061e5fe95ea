"""API tokens: their form, and what one is worth at this moment."""

import datetime as dt
import hashlib
import hmac
import re
import uuid
from dataclasses import dataclass

from core.domain.actor import Grant, Role

# The word in front lets scanners of repositories and logs recognise a token that was left lying about.
_FORM = re.compile(r"grcpush_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")
LONGEST_DAYS = 366


@dataclass(frozen=True)
class ApiToken:
    """What is known of a token without its secret. `roles` are the most it can give."""

    id: uuid.UUID
    person_id: uuid.UUID
    name: str
    roles: frozenset[Role]
    secret_sha256: str
    created_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    last_used_at: dt.datetime | None

    def is_live(self, now: dt.datetime) -> bool:
        """Whether it still counts: neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at

    def is_secret(self, secret: str) -> bool:
        """Whether this is the token's secret; takes the same time whatever the answer."""
        return hmac.compare_digest(secret_hash(secret), self.secret_sha256)

    def limit(self, grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
        """Those of the person's present grants that the token may use."""
        return tuple(grant for grant in grants if grant.role in self.roles)


def token_text(token_id: uuid.UUID, secret: str) -> str:
    """The token as its holder sends it."""
    return f"grcpush_{token_id.hex}_{secret}"


def token_parts(text: str) -> tuple[uuid.UUID, str] | None:
    """The id and the secret in a token's text; None when it has not the form of one."""
    match = _FORM.fullmatch(text)
    return (uuid.UUID(match[1]), match[2]) if match else None


def secret_hash(secret: str) -> str:
    """What is kept of a secret. It has 256 random bits, so that a plain hash cannot be searched backwards."""
    return hashlib.sha256(secret.encode()).hexdigest()
