"""Files: first a place to upload to, then the bytes, then the sharing."""

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.ids import new_id, secret_path


@dataclass
class StoredFile:
    """A file on its way or shared; `content` is None until its bytes came."""

    id: str
    name: str
    length: int
    user: str
    secret: str
    title: str = ""
    snippet_type: str | None = None
    alt_txt: str | None = None
    content: bytes | None = None
    created: int = 0
    is_complete: bool = False
    shared_in: list[tuple[str, str]] = field(default_factory=list)
    """Channel and message stamp of each place it was shared."""

    @property
    def text(self) -> str:
        """The content as text. Raises UnicodeDecodeError for other bytes."""
        return (self.content or b"").decode()

    @property
    def filetype(self) -> str:
        """Slack's short name of the kind: the snippet type, else the extension."""
        return self.snippet_type or (self.name.rsplit(".", 1)[-1].lower() if "." in self.name else "text")

    @property
    def mimetype(self) -> str:
        """The content type: plain text for snippets, else what the name says."""
        if self.snippet_type:
            return "text/plain"
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def as_slack(self, base_url: str) -> dict[str, Any]:
        """The file object of payloads and answers."""
        preview = (self.content or b"")[:2000].decode(errors="replace")
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": self.filetype,
            "pretty_type": self.filetype.capitalize(),
            "user": self.user,
            "size": len(self.content or b""),
            "mode": "snippet" if self.snippet_type else "hosted",
            "is_external": False,
            "url_private": f"{base_url}/files-pri/{self.id}/{self.name}",
            "url_private_download": f"{base_url}/files-pri/{self.id}/download/{self.name}",
            "permalink": f"{base_url}/files/{self.id}/{self.name}",
            "preview": preview if self.snippet_type or self.filetype in ("csv", "diff", "txt", "md", "json") else None,
            "alt_txt": self.alt_txt,
            "channels": sorted({channel for channel, _ in self.shared_in}),
        }


class Files:
    """All files by id."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}

    def __iter__(self) -> Iterator[StoredFile]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def announce(self, name: str, length: int, user: str) -> StoredFile:
        """A place for a file whose bytes are still to come."""
        stored = StoredFile(new_id("F"), name, length, user, secret_path())
        self._by_id[stored.id] = stored
        return stored

    def find(self, file_id: str) -> StoredFile | None:
        """The file with that id."""
        return self._by_id.get(file_id)

    def find_by_secret(self, secret: str) -> StoredFile | None:
        """The file whose upload URL ends like this."""
        return next((stored for stored in self._by_id.values() if stored.secret == secret), None)
