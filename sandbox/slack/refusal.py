"""How the workspace says no."""

from typing import Any


class Refusal(Exception):
    """A Web API call Slack would not do.

    `error` is Slack's name for it; `extra` are further fields of the answer; `status` and `headers` are HTTP's.
    """

    def __init__(self, error: str, *, status: int = 200, headers: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = headers or {}
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The JSON answer."""
        return {"ok": False, "error": self.error, **self.extra}


def invalid_arguments(*messages: str) -> Refusal:
    """The refusal for arguments that are missing or of the wrong kind, with a line for each."""
    return Refusal("invalid_arguments", response_metadata={"messages": [f"[ERROR] {line}" for line in messages]})
