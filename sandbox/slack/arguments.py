"""The arguments of a Web API call, however they were sent."""

import json
from typing import Any

from starlette.requests import Request

from sandbox.slack.refusal import Refusal, invalid_arguments


class Arguments:
    """Typed reading of arguments that may be form fields, a query, or JSON."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str | None = None) -> str | None:
        """A text argument, or the default when it was not sent."""
        value = self.values.get(name)
        return default if value is None else str(value)

    def needed(self, name: str) -> str:
        """A text argument that must be there. Refused as invalid_arguments otherwise."""
        if name not in self:
            raise invalid_arguments(f"missing required field: {name}")
        return str(self.values[name])

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A yes or no, sent as JSON true or as 1, true, 0 or false."""
        value = self.values.get(name)
        if value is None:
            return default
        return value is True or str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """A whole number. Refused as invalid_arguments when it is none."""
        value = self.values.get(name)
        if value in (None, ""):
            return default
        try:
            return int(str(value))
        except ValueError:
            raise invalid_arguments(f"must be an integer: {name}") from None

    def structure(self, name: str, *, malformed: str = "invalid_json") -> Any:
        """A list or object, sent as it is or as JSON text. Refused by the name `malformed` when it does not parse."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise Refusal(malformed) from None


async def read_arguments(request: Request) -> Arguments:
    """The arguments of a request: its query, then its body.

    Refused as invalid_json for a broken body, invalid_post_type for an unknown content type.
    """
    values: dict[str, Any] = dict(request.query_params)
    content_type = request.headers.get("content-type", "").split(";")[0]
    if content_type == "application/json":
        try:
            sent = json.loads(await request.body() or b"{}")
        except ValueError:
            raise Refusal("invalid_json") from None
        if not isinstance(sent, dict):
            raise Refusal("json_not_object")
        values |= sent
    elif content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        values |= dict(await request.form())
    elif await request.body():
        raise Refusal("invalid_post_type")
    return Arguments(values)
