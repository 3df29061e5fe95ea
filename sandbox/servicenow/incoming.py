"""What of a request's body reaches the row: strings, of known columns, that this user may set."""

import json
from typing import Any

from .access import Access
from .behaviour import Behaviour
from .errors import Refusal, policy_denied, unreadable_body, write_denied
from .exchange import Exchange
from .ledger import FORGEABLE
from .records import World
from .schema import TYPES_WITH_DATES, Column
from .store import Row
from .times import read_in_zone

_FIXED = {"sys_id", "sys_mod_count", "sys_class_name"}


def body_object(exchange: Exchange) -> dict[str, Any]:
    """The JSON object of the body. Of an array only the first record counts, as documented. Refuses anything else."""
    text = exchange.body.decode("utf-8", "replace")
    try:
        data = json.loads(text)
    except ValueError as unreadable:
        raise unreadable_body(text) from unreadable
    if isinstance(data, list) and data:
        data = data[0]
    if not isinstance(data, dict):
        raise unreadable_body(text)
    return data


def as_text(value: Any) -> str:
    """A JSON value as the string that is stored. An object is stored as its text, which is of use to nobody."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class Incoming:
    """Turns bodies into values for the ledger."""

    def __init__(self, world: World, access: Access, behaviour: Behaviour) -> None:
        self._world = world
        self._access = access
        self._behaviour = behaviour

    def values(self, exchange: Exchange, table: str) -> Row:
        """The values to set. Unknown columns, closed columns and the platform's own are dropped without a word."""
        columns = self._world.schema.columns(table)
        values = {}
        for name, given in body_object(exchange).items():
            column = columns.get(name)
            if column is None or name in _FIXED or not self._may_set(name):
                continue
            if column.read_only:
                self._refuse_read_only()
            elif self._access.may_write_field(table, name):
                values[name] = self._as_input(as_text(given), column, exchange)
                if column.mandatory and not values[name]:
                    raise policy_denied(column.label)
        return values

    def _may_set(self, name: str) -> bool:
        return name not in FORGEABLE or self._behaviour.stamps_writable

    def _refuse_read_only(self) -> None:
        if self._behaviour.read_only == "403":
            raise write_denied()

    def _as_input(self, value: str, column: Column, exchange: Exchange) -> str:
        """With `sysparm_input_display_value`, dates are in the user's zone and references are display names."""
        if not exchange.is_true("sysparm_input_display_value") or exchange.user is None:
            return value
        if column.type in TYPES_WITH_DATES:
            return read_in_zone(value, exchange.user.time_zone)
        if column.reference and value:
            shown_by = self._world.schema.display_column(column.reference)
            rows = self._world.store.rows(column.reference).by_id.values()
            return next((row["sys_id"] for row in rows if row.get(shown_by) == value), value)
        return value


def check_headers(exchange: Exchange) -> None:
    """Refuse a request without the headers the Table API asks for, or asking for what is not JSON."""
    accept = exchange.headers.get("accept", "")
    if not accept:
        raise Refusal(400, "Accept header is required")
    if not any(kind in accept for kind in ("application/json", "*/*", "application/*")):
        raise Refusal(406, "Response content type not supported", accept)
    if exchange.method in {"PUT", "PATCH", "POST"}:
        content_type = exchange.headers.get("content-type", "")
        if not content_type:
            raise Refusal(400, "Content-Type header is required")
        if not content_type.startswith("application/json"):
            raise Refusal(415, "Unsupported media type", content_type)
