"""A stand-in ServiceNow on a real socket: it behaves like somebody else's server, for tests and for people.

    from sandbox.servicenow import ServiceNow
    from sandbox.serving import running

    sn = ServiceNow()
    async with running(sn.app) as url: ...

It serves the Table API (/api/now[/v1|/v2]/table), the Aggregate API (/api/now/stats) and /oauth_token.do, with the
tables of `tables.py`: statements (`STATEMENTS`, html field `STATEMENT_FIELD`, plain field `u_plain_statement`) refer to
controls (`CONTROLS`: number, name), controls to systems (`SYSTEMS`: name). What a real instance may do one way or
another is an attribute of `sn.behaviour` (behaviour.py).

Ways in
    SERVICE_ACCOUNT / SERVICE_PASSWORD (basic; OAuth password), OAUTH_CLIENT / OAUTH_SECRET (all grants), API_KEY
    (header x-sn-apikey). `sn.users.add(User(...))`, `.change(name, password=..., locked_out=True, time_zone=...)`,
    `.grant(name, role)`, `.revoke(name, role)`; `sn.users.api_keys[key] = name`; `sn.oauth.clients`,
    `.expire()` (access tokens end), `.revoke()` (all tokens end).

The world
    sn.add(table, **fields) -> sys_id      a new record (logged); `sn.load(table, rows)` seeds many, unlogged
    sn.get(table, sys_id) -> dict          raw strings; `sn.has(table, sys_id)`
    sn.edit(table, sys_id, field, value, by="jane.roe", stamps=True) -> Commit | None      somebody else's edit, at once
    sn.delete(table, sys_id, by=...)
    sn.world.change_column(table, element, max_length=..., read_only=..., attributes="no_audit", type=...)
    sn.world.set_property(name, value);  sn.audit_enabled = True;  sn.auditing.switch(table, on), .purge(sys_id)
    sn.access.hidden_rows / hidden_fields / unwritable_fields (sets of pairs), .readers / .writers (table -> roles)
    sn.latency = 0.15 (seconds a request);  sn.clock = callable -> aware datetime;  sn.clock_skew = timedelta

Looking on
    sn.log: list[Commit(at, table, sys_id, changes={field: (old, new)}, by, source "rest"|"ui"|"rule", mod_count,
        request_id, action "insert"|"update"|"delete")];  sn.writes(by="grcpush.svc");  sn.history(table, sys_id)
    sn.requests: list[Request(id, method, path, query, user, session, table, sys_id, status, body, started, ended)]
    sn.open_writes_peak (settable);  sn.watch(callback) -> stop
    sn.on(event, action, *, method=, table=, sys_id=, user=, nth=, times=1, probability=) -> Hook (.calls, .cancel())
        events: before_read, before_write, before_commit, after_commit, after_answer; `action(moment)` may be a
        coroutine function; moment has event, table, sys_id, request_id, exchange, commit

Faults
    sn.faults.on(12) or .on("field_acl_drop", table=..., sys_id=..., nth=..., times=..., probability=..., **settings)
    -> Active (.hits, .off());  sn.faults.off(12), .clear(), .seed(n), .catalogue (number, name, meaning)
    The settings of each are the fields of its class in faults/*.py.

For people
    /sandbox/api/{about,records,records/ID,faults,faults/NAME,settings,requests,events} as JSON and server-sent events
    (control/application.py); "/" and /sandbox/web/ serve the files of sandbox/web where they are; /nav_to.do?uri=...
    and /TABLE.do?sys_id=... lead to "/?table=...&sys_id=...".  sn.links["slack"] = address that the page offers.
"""

from .hooks import Hook, Moment
from .ledger import Commit
from .oauth import Client
from .records import fixed_id
from .server import ServiceNow
from .stock import API_KEY, OAUTH_CLIENT, OAUTH_SECRET, SERVICE_ACCOUNT, SERVICE_PASSWORD, SOMEBODY_ELSE
from .tables import CONTROLS, STATEMENT_FIELD, STATEMENTS, SYSTEMS
from .users import User

__all__ = [
    "API_KEY",
    "CONTROLS",
    "OAUTH_CLIENT",
    "OAUTH_SECRET",
    "SERVICE_ACCOUNT",
    "SERVICE_PASSWORD",
    "SOMEBODY_ELSE",
    "STATEMENTS",
    "STATEMENT_FIELD",
    "SYSTEMS",
    "Client",
    "Commit",
    "Hook",
    "Moment",
    "ServiceNow",
    "User",
    "fixed_id",
]
