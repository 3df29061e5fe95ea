"""The Table API: lists, single records, PATCH and PUT (both partial), POST, DELETE."""

import asyncio
from urllib.parse import quote, urlencode

from .errors import (
    Answer,
    Refusal,
    invalid_table,
    method_not_supported,
    no_record,
    not_web_enabled,
    query_denied,
    write_denied,
)
from .exchange import Exchange
from .incoming import check_headers
from .instance import Instance
from .ledger import Commit, Write
from .query import Reading, parse
from .render import View
from .selection import Selection
from .store import Row
from .times import query_literal
from .users import User

DEFAULT_LIMIT = 10_000


class TableApi:
    """Answers requests under /api/now/table."""

    def __init__(self, sn: Instance) -> None:
        self._sn = sn

    async def answer(self, exchange: Exchange) -> Answer:
        """The answer to a signed-in request; raises Refusal."""
        check_headers(exchange)
        self.check_table(exchange.table)
        verbs = {"GET": self._one, "PATCH": self._update, "PUT": self._update, "DELETE": self._delete}
        if not exchange.sys_id:
            verbs = {"GET": self._list, "POST": self._create}
        if exchange.method not in verbs:
            raise method_not_supported(exchange.method)
        return await verbs[exchange.method](exchange)

    def check_table(self, table: str) -> None:
        """Refuse a table that does not exist or is closed to web services."""
        if table not in self._sn.schema:
            raise invalid_table(table)
        if not self._sn.schema.tables[table].web_access:
            raise not_web_enabled(table)

    def selection(self, exchange: Exchange) -> Selection:
        """The rows that the request's `sysparm_query` selects."""
        sn, user = self._sn, signed_in(exchange)
        if not sn.access.may_read(user, exchange.table):
            raise query_denied()
        sn.auditing.flush(asyncio.get_running_loop().time())
        reading = Reading(
            sn.store,
            lambda text: query_literal(text, user_zone=user.time_zone, literals_in=sn.behaviour.query_literals_in),
            sn.behaviour.invalid_query_returns_no_rows,
        )
        return Selection(exchange.table, parse(exchange.param("sysparm_query")), reading)

    async def _list(self, exchange: Exchange) -> Answer:
        await self._sn.hooks.fire("before_read", exchange)
        selection = self.selection(exchange)
        limit, offset = _count(exchange, "sysparm_limit", DEFAULT_LIMIT), _count(exchange, "sysparm_offset", 0)
        # The limit is applied before the access rules: a page may be short, or empty, while more rows follow.
        rows = self._visible(exchange, selection.page(offset, limit))
        answer = self._shown(exchange, rows)
        if not rows and (exchange.version == "v1" or self._sn.behaviour.empty_list_is_404):
            answer = no_record().answer
        if not exchange.is_true("sysparm_no_count"):
            total = selection.total()
            answer.headers.append(("X-Total-Count", str(total)))
            if not exchange.is_true("sysparm_suppress_pagination_header"):
                answer.headers.append(("Link", _links(exchange, exchange.base_url, limit, offset, total)))
        return answer

    def _visible(self, exchange: Exchange, rows: list[Row]) -> list[Row]:
        user = signed_in(exchange)
        rows = [row for row in rows if self._sn.access.may_see(user, exchange.table, row)]
        for fault in exchange.faults:
            rows = fault.rows(exchange, rows)
        return rows

    async def _one(self, exchange: Exchange) -> Answer:
        await self._sn.hooks.fire("before_read", exchange)
        self._sn.auditing.flush(asyncio.get_running_loop().time())
        return self._shown_one(exchange, self._readable_row(exchange))

    def _readable_row(self, exchange: Exchange) -> Row:
        row = self._sn.store.find(exchange.table, exchange.sys_id)
        if row is None or not self._sn.access.may_read(signed_in(exchange), exchange.table):
            raise no_record()
        if not self._visible(exchange, [row]):
            raise no_record()
        return row

    async def _update(self, exchange: Exchange) -> Answer:
        await self._sn.hooks.fire("before_write", exchange)
        self._readable_row(exchange)
        if not self._sn.access.may_write(signed_in(exchange), exchange.table):
            raise write_denied()
        write = self._sn.ledger.load(exchange.table, exchange.sys_id)
        write.by, write.request_id = signed_in(exchange).user_name, exchange.id
        write.stamps = not exchange.is_true("sysparm_suppress_auto_sys_field")
        write.values = self._sn.incoming.values(exchange, exchange.table)
        await self._before_commit(exchange, write)
        commit = self._sn.ledger.commit(write)
        written = dict(self._sn.store.find(exchange.table, exchange.sys_id) or write.loaded)
        if commit:
            await self._committed(exchange, commit)
        # Who deletes the record before the answer is sent takes nothing from the answer: it shows what was written.
        return self._shown_one(exchange, self._sn.store.find(exchange.table, exchange.sys_id) or written)

    async def _create(self, exchange: Exchange) -> Answer:
        await self._sn.hooks.fire("before_write", exchange)
        user = signed_in(exchange)
        if not self._sn.access.may_write(user, exchange.table):
            raise write_denied()
        values = self._sn.incoming.values(exchange, exchange.table)
        sys_id = self._sn.world.new_id()
        write = Write(exchange.table, sys_id, {}, values, user.user_name, request_id=exchange.id)
        await self._before_commit(exchange, write)
        await self._committed(exchange, self._sn.ledger.insert(write))
        answer = self._shown_one(exchange, self._sn.store.rows(exchange.table).by_id[sys_id])
        answer.status = 201
        answer.headers.append(("Location", f"{exchange.base_url}/api/now/table/{exchange.table}/{sys_id}"))
        return answer

    async def _delete(self, exchange: Exchange) -> Answer:
        await self._sn.hooks.fire("before_write", exchange)
        self._readable_row(exchange)
        user = signed_in(exchange)
        if not self._sn.access.may_write(user, exchange.table):
            raise write_denied()
        write = self._sn.ledger.load(exchange.table, exchange.sys_id)
        write.by, write.request_id = user.user_name, exchange.id
        await self._before_commit(exchange, write)
        await self._committed(exchange, self._sn.ledger.delete(write))
        return Answer(204)

    async def _before_commit(self, exchange: Exchange, write: Write) -> None:
        for fault in exchange.faults:
            await fault.load(exchange, write)
        await self._sn.hooks.fire("before_commit", exchange)
        if self._sn.behaviour.commit_seconds:
            await asyncio.sleep(self._sn.behaviour.commit_seconds)

    async def _committed(self, exchange: Exchange, commit: Commit) -> None:
        """What follows a commit: the faults' rules, then the hooks."""
        for fault in exchange.faults:
            await fault.committed(exchange, commit)
        await self._sn.hooks.fire("after_commit", exchange, commit)

    def _shown_one(self, exchange: Exchange, row: Row) -> Answer:
        if exchange.headers.get("x-no-response-body", "").lower() == "true" and exchange.method != "GET":
            return Answer(200)
        return self._shown(exchange, [row], single=True)

    def _shown(self, exchange: Exchange, rows: list[Row], *, single: bool = False) -> Answer:
        show = self._sn.renderer.shower(exchange.table, self._view(exchange))
        records = [show(row) for row in rows]
        for fault in exchange.faults:
            for record in records:
                fault.shown(exchange, record)
        return Answer.of({"result": records[0] if single else records})

    def _view(self, exchange: Exchange) -> View:
        names = [name.strip() for name in exchange.param("sysparm_fields").split(",") if name.strip()]
        return View(
            user=signed_in(exchange),
            base_url=exchange.base_url,
            fields=tuple(names),
            display=exchange.param("sysparm_display_value", "false").lower(),
            with_links=not exchange.is_true("sysparm_exclude_reference_link"),
        )


def signed_in(exchange: Exchange) -> User:
    """The account of a request that passed sign-in."""
    if exchange.user is None:
        raise RuntimeError("this request has not passed sign-in")
    return exchange.user


def _count(exchange: Exchange, name: str, default: int) -> int:
    text = exchange.param(name) or str(default)
    if not text.isdigit():
        raise Refusal(400, f"Invalid value for {name}", text)
    return int(text)


def _links(exchange: Exchange, base_url: str, limit: int, offset: int, total: int) -> str:
    """The pages around this one. At offset 0 real instances have been seen to offer a page before it, so this does."""
    last = max(0, (total - 1) // limit * limit) if limit else 0
    pages = {"first": 0, "prev": offset - limit, "last": last}
    if offset + limit < total:
        pages["next"] = offset + limit
    links = []
    for relation, at in pages.items():
        query = urlencode({**exchange.params, "sysparm_offset": at}, quote_via=quote)
        links.append(f'<{base_url}{exchange.record.path}?{query}>;rel="{relation}"')
    return ",".join(links)
