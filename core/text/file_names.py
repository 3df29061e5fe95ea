"""File names out of names that people gave: safe on every file system, and harmless in a shell."""

import re
import unicodedata

LONGEST = 60
"""Characters of a name; with a folder and an ending it stays far below the 255 bytes that file systems allow."""

_FOREIGN = re.compile(r"[^A-Za-z0-9_.]+")
# Windows opens a device under these names, whatever ending follows them.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


def safe_name(text: str) -> str:
    """A name of ASCII letters, digits, `_`, `-` and inner points that still looks like the text; never empty.

    Different texts can get one name.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = _FOREIGN.sub("-", re.sub(r"\.{2,}", ".", plain))[:LONGEST].strip("-._")
    if not name:
        return "unnamed"
    return f"x-{name}" if _DEVICES.fullmatch(name) else name
