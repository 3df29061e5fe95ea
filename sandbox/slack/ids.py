"""Identifiers in the shapes Slack uses."""

import secrets

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def new_id(prefix: str) -> str:
    """A fresh id such as `V7K2M9QXW1A`: the prefix and ten capitals or digits."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(10))


def short_id() -> str:
    """Five characters, as Slack invents for a block or action that was sent without an id."""
    return secrets.token_urlsafe(6)[:5]


def secret_path() -> str:
    """An unguessable last part of a URL."""
    return secrets.token_urlsafe(18)
