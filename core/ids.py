"""The one place that makes identifiers and secrets."""

import secrets
import uuid


def new_id() -> uuid.UUID:
    """A random identifier, never given out before."""
    return uuid.uuid4()


def new_reference() -> str:
    """Eight characters that a person can read to somebody on the phone, and that are found again in the log."""
    return uuid.uuid4().hex[:8]


def new_secret() -> str:
    """A secret of 256 random bits, in characters that need no quoting anywhere."""
    return secrets.token_urlsafe(32)
