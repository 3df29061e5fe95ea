"""Preflight: the account grcpush signs in with, and the instance it signs in to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.config import ServiceNowAuth, Settings
from core.errors import RemoteForbidden, RemoteRefusedRequest, RemoteSignInFailed
from core.servicenow import queries
from core.servicenow.reading import Reading
from core.servicenow.records import plain
from core.servicenow.remarks import Remark, fail, ok, warn

UNREADABLE = (RemoteForbidden, RemoteRefusedRequest, RemoteSignInFailed)
_UTC_ZONES = frozenset({"GMT", "UTC", "Etc/UTC", "Etc/GMT"})
_WRITING_ROLES = frozenset({"admin", "sn_compliance.admin", "sn_compliance.manager", "sn_compliance.user"})
_WHO_AM_I = "user_name=javascript:gs.getUserName()"


@dataclass(frozen=True)
class Account:
    """What is known about our own account; `user_name` is None when it could not be found out."""

    user_name: str | None
    is_utc_proved: bool
    remarks: tuple[Remark, ...]


async def check_account(reading: Reading, settings: Settings) -> Account:
    """The account's own record: active, in UTC, and of the kind that keeps basic sign-in."""
    configured = settings.servicenow_username
    is_named = configured is not None and settings.servicenow_auth in (
        ServiceNowAuth.BASIC,
        ServiceNowAuth.OAUTH_PASSWORD,
    )
    is_named = is_named and configured is not None and queries.can_carry(configured)
    query = queries.term("user_name", "=", configured) if is_named and configured else _WHO_AM_I
    row = await _only_row(reading, query)
    if row is None or (is_named and configured and plain(row.get("user_name")).casefold() != configured.casefold()):
        unknown = warn(
            "account",
            "The service account's own record cannot be read, so its time zone is not known.",
            "Let the account read its record in sys_user, and set its time zone to GMT there.",
        )
        return Account(configured if is_named else None, is_utc_proved=False, remarks=(unknown,))
    user_name = plain(row.get("user_name"))
    zone = plain(row.get("time_zone"))
    remarks = [_activity(row, user_name), _zone(zone)]
    if settings.servicenow_auth is ServiceNowAuth.BASIC and plain(row.get("web_service_access_only")) == "false":
        remarks.append(_interactive())
    return Account(user_name, is_utc_proved=zone in _UTC_ZONES, remarks=tuple(remarks))


async def check_write_access(reading: Reading, account: Account, table: str) -> Remark:
    """What the account's roles let one expect. The proof is the first write of a push, which goes alone."""
    name = account.user_name
    roles = await _roles(reading, name) if name and queries.can_carry(name) else None
    known = sorted((roles or frozenset()) & _WRITING_ROLES)
    if known:
        return ok("write access", f"The account has the role {known[0]}, which may usually write {table}.")
    reason = (
        "The account's roles cannot be read" if roles is None else "The account has none of the usual writing roles"
    )
    return warn(
        "write access",
        f"{reason}, so whether it may write {table} shows only with the first write of a push.",
        "A ServiceNow administrator can give it sn_compliance.user, or the role your own access controls ask for.",
    )


async def instance_name(reading: Reading) -> str | None:
    """The property `instance_name`, which a clone does not carry over; None when it may not be read."""
    params = {
        "sysparm_query": queries.term("name", "=", "instance_name"),
        "sysparm_fields": "name,value",
        "sysparm_limit": "2",
    }
    try:
        listing = await reading.rows("sys_properties", params, is_side_read=True)
    except UNREADABLE:
        return None
    found = [plain(row.get("value")) for row in listing.rows if plain(row.get("name")) == "instance_name"]
    return found[0] or None if found else None


async def _only_row(reading: Reading, query: str) -> Mapping[str, Any] | None:
    params = {
        "sysparm_query": query,
        "sysparm_fields": "user_name,active,time_zone,web_service_access_only",
        "sysparm_limit": "2",
    }
    try:
        listing = await reading.rows("sys_user", params, is_side_read=True)
    except UNREADABLE:
        return None
    return listing.rows[0] if len(listing.rows) == 1 and listing.rows[0].get("user_name") else None


async def _roles(reading: Reading, user_name: str) -> frozenset[str] | None:
    params = {
        "sysparm_query": queries.term("user.user_name", "=", user_name),
        "sysparm_fields": "user.user_name,role.name",
        "sysparm_limit": "1000",
    }
    try:
        listing = await reading.rows("sys_user_has_role", params, is_side_read=True)
    except UNREADABLE:
        return None
    own = [row for row in listing.rows if plain(row.get("user.user_name")) == user_name]
    return frozenset(plain(row.get("role.name")) for row in own) if own or not listing.total else None


def _activity(row: Mapping[str, Any], user_name: str) -> Remark:
    if plain(row.get("active")) == "false":
        return fail("account", f"The account {user_name} is not active.", "Activate it in ServiceNow, in sys_user.")
    return ok("account", f"Signed in as {user_name}.")


def _zone(zone: str) -> Remark:
    if zone in _UTC_ZONES:
        return ok("time zone", f"The account's time zone is {zone}, as it should be.")
    return warn(
        "time zone",
        f"The account's time zone is {zone or 'that of the instance'}. ServiceNow may read times in filters in it, so "
        "incremental pulls must look further back.",
        "Set the time zone of the service account to GMT.",
    )


def _interactive() -> Remark:
    return warn(
        "account",
        "The account may also log in to ServiceNow's pages. Recent releases refuse basic sign-in to such accounts.",
        "Tick “Web service access only” on the account, or sign in by OAuth.",
    )
