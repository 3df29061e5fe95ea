"""Links: which targets a statement may carry, and how a target is shown to people."""

import re
from urllib.parse import urlsplit

# Control characters, backslashes and every space but the plain one: a target holding one of these reads differently
# to different programs, which is how a harmless look hides a script.
_FORBIDDEN = r"\x00-\x1f\x7f-\x9f\\\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
_ABSOLUTE = rf"(?:https?://[^/{_FORBIDDEN}][^{_FORBIDDEN}]*|mailto:[^{_FORBIDDEN}]+)"
_RELATIVE = (
    rf"(?:[?#][^{_FORBIDDEN}]*|/(?:[^/{_FORBIDDEN}][^{_FORBIDDEN}]*)?|[^:/?#{_FORBIDDEN}]+(?:[/?#][^{_FORBIDDEN}]*)?)"
)
_TARGET = re.compile(f"{_ABSOLUTE}|{_RELATIVE}", re.IGNORECASE)
_BROWSER_TRIM = "".join(map(chr, range(0x21)))

# A label that looks like an address: a scheme, or a host name with a dot and no spaces.
_ADDRESS = re.compile(r"(?:(?:https?|mailto|ftp):/{0,2})?([\w.-]+\.[a-z]{2,})(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)


def kept_target(href: str) -> str | None:
    """The target as it is saved, or None when it is of a kind this bot does not carry.

    Reads the value as a browser does: leading and trailing control characters and spaces, and tabs and line ends
    inside, do not count.
    """
    target = href.strip(_BROWSER_TRIM).translate({9: None, 10: None, 13: None})
    return target if _TARGET.fullmatch(target) else None


def shown_link(label: str, href: str) -> str:
    """A link for people: `label (target)`, or the target alone when the label says the same or names another place.

    A label that is itself an address of another host is a false label, so only the real target is shown.
    """
    target = _without_user(href)
    bare = target.removeprefix("mailto:")
    if not label or label in {target, bare}:
        return bare
    named = _ADDRESS.fullmatch(label)
    if named and not _is_same_place(label, named.group(1), target):
        return target
    if named and label.rstrip("/") in {re.sub(r"^https?://", "", target).rstrip("/"), target.rstrip("/")}:
        return target
    return f"{label} ({bare})"


def _is_same_place(label: str, named_host: str, target: str) -> bool:
    host = (urlsplit(target).hostname or "") if "//" in target else target.rpartition("@")[2]
    if "//" not in target and not target.startswith("mailto:"):
        return "//" not in label  # "policy.pdf" as the label of a relative link is a file name, not a host
    return named_host.lower().removeprefix("www.") == host.lower().removeprefix("www.")


def _without_user(href: str) -> str:
    """The target without `user@` before the host, a place where a well-known name is put to mislead."""
    return re.sub(r"^(https?://)[^/?#]*@", r"\1", href, flags=re.IGNORECASE)
