"""What two texts must have in common to count as equal."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from core.text.leaves import Leaf, canonical_html
from core.text.plain import normal_plain
from core.text.rules import RULE_VERSION
from core.text.survey import Finding

_TOKEN = re.compile(rf"{RULE_VERSION}:([0-9a-f]{{64}})\.([0-9a-f]{{64}})\.([0-9a-f]{{64}})")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Digests of what a text says, how it looks, and what it holds that this bot cannot carry.

    Two texts are equal when all three are. Ways to write the same thing (spaces, `b` or `strong`, letter case of
    styles) do not count.
    """

    content: str
    style: str
    inventory: str

    @property
    def token(self) -> str:
        """The fingerprint in one string, with the version of the rules it was made by."""
        return f"{RULE_VERSION}:{self.content}.{self.style}.{self.inventory}"

    @classmethod
    def parse(cls, token: str) -> "Fingerprint":
        """The fingerprint in a token. Raises ValueError for a token made by other rules: make it again from the text."""
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise ValueError(f"not a fingerprint of rule version {RULE_VERSION}: {token[:20]!r}")
        return cls(*match.groups())


def html_fingerprint(leaves: list[Leaf], found: Iterable[Finding]) -> Fingerprint:
    """The fingerprint of an HTML text, from its leaf blocks and its survey."""
    styles = (f"{index}:{leaf.style}" for index, leaf in enumerate(leaves) if leaf.style)
    inventory = (f"{finding.noun}@{finding.position}:{finding.identity}" for finding in found)
    return Fingerprint(_digest(canonical_html(leaves)), _digest("\n".join(styles)), _digest("\n".join(inventory)))


def plain_fingerprint(text: str) -> Fingerprint:
    """The fingerprint of a plain text, which has no look and holds nothing but characters."""
    return Fingerprint(_digest(normal_plain(text)), _digest(""), _digest(""))


def _digest(text: str) -> str:
    return sha256(f"{RULE_VERSION}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()
