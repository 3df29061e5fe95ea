"""What must hold after every fault: the stand-in's log of commits held against what people were told.

Texts are compared as the product compares them. A text of somebody else's that a write of ours replaced, and that
nobody had agreed to replace, must be kept in a conflict or told as overwritten.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import select

from core.domain.outcome import WRITTEN, Outcome, is_success
from core.domain.push import ItemState
from core.store.push_tables import PushItemRow, RequestItemRow
from core.store.tables import ConflictRow, StatementRow
from core.text.content import Fingerprint, TextKind, fingerprint
from core.usecases.audit.verifying import verify_audit
from core.wiring import Core
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, Commit, ServiceNow

# What tells that a write of ours is, or may be, in ServiceNow.
TOLD = WRITTEN | {Outcome.IN_DOUBT, Outcome.OVERTAKEN, Outcome.UNREADABLE}
# What tells that a text may have been replaced unseen. ServiceNow audits no inserts by default, so of a record made anew under our
# write only that can be told, not the text.
_OVERWROTE = (Outcome.OVERWROTE, Outcome.POSSIBLY_OVERWROTE, Outcome.RECREATED)


def mark(text: str) -> Fingerprint:
    """What texts are compared by."""
    return fingerprint(text, TextKind.HTML)


@dataclass(frozen=True)
class Told:
    """One push item, with what was agreed and what people were told."""

    sys_id: str
    sent: str
    replaced: str
    state: str
    outcome: Outcome
    stored: str | None

    def explains(self, text: str) -> bool:
        """Whether a commit of this text is this item's write."""
        return mark(text) == mark(self.sent) or (self.stored is not None and mark(text) == mark(self.stored))


async def check(core: Core, servicenow: ServiceNow, *, unseen: Collection[str] = (), spoiled: int = 0) -> None:
    """Assert the promises. `unseen` names records on which an overwrite could not be noticed, as documented.

    `spoiled` is how many answers of status 200 could not be read.
    """
    told, kept = await _told(core)
    log = [commit for commit in servicenow.log if commit.table == STATEMENTS and STATEMENT_FIELD in commit.changes]
    writes = [commit for commit in log if commit.by == "grcpush.svc"]
    for write in writes:
        mine = [
            item for item in told if item.sys_id == write.sys_id and item.explains(write.changes[STATEMENT_FIELD][1])
        ]
        assert mine, f"nobody asked for this write: {write}"
        assert any(item.outcome in TOLD or _is_gone(item, servicenow) for item in mine), (
            f"nobody was told of {write}: {mine}"
        )
        if write.sys_id not in unseen:
            assert _is_no_loss(write, mine, kept), f"a text was lost: {write.changes[STATEMENT_FIELD][0]!r}, {mine}"
    for item in told:
        assert item.state == ItemState.ENDED, item
        if is_success(item.outcome):
            assert _was_there(item, log, servicenow), f"called a success and never in ServiceNow: {item}"
    _check_needless(writes, told, servicenow, spoiled)
    assert (await verify_audit(core)).fault == ""


async def _told(core: Core) -> tuple[list[Told], dict[str, set[Fingerprint]]]:
    async with core.db.reading() as tx:
        query = (
            select(PushItemRow, RequestItemRow, StatementRow)
            .join(RequestItemRow, PushItemRow.request_item_id == RequestItemRow.id)
            .join(StatementRow, PushItemRow.statement_id == StatementRow.id)
            .where(PushItemRow.outcome.is_not(None))
        )
        items = (await tx.exec(query)).all()
        conflicts = (
            await tx.exec(
                select(ConflictRow, StatementRow).join(StatementRow, ConflictRow.statement_id == StatementRow.id)
            )
        ).all()
    kept: dict[str, set[Fingerprint]] = {}
    for conflict, statement in conflicts:
        kept.setdefault(statement.sn_sys_id, set()).add(mark(conflict.remote_content))
    return [
        Told(
            row.sn_sys_id,
            item.local_content,
            item.remote_content,
            push.state,
            Outcome(push.outcome),
            push.stored_content,
        )
        for push, item, row in items
    ], kept


def _is_no_loss(write: Commit, mine: list[Told], kept: dict[str, set[Fingerprint]]) -> bool:
    old, new = write.changes[STATEMENT_FIELD]
    agreed = {mark(item.replaced) for item in mine} | {mark(item.sent) for item in mine} | {mark(new)}
    is_known = write.action == "insert" or mark(old) in agreed or mark(old) in kept.get(write.sys_id, set())
    return is_known or any(item.outcome in _OVERWROTE for item in mine)


def _was_there(item: Told, log: list[Commit], servicenow: ServiceNow) -> bool:
    texts = [commit.changes[STATEMENT_FIELD][1] for commit in log if commit.sys_id == item.sys_id]
    if servicenow.has(STATEMENTS, item.sys_id):
        texts.append(servicenow.get(STATEMENTS, item.sys_id)[STATEMENT_FIELD])
    return any(item.explains(text) for text in texts)


def _is_gone(item: Told, servicenow: ServiceNow) -> bool:
    return item.outcome is Outcome.GONE and not servicenow.has(STATEMENTS, item.sys_id)


def _check_needless(writes: list[Commit], told: list[Told], servicenow: ServiceNow, spoiled: int) -> None:
    for sys_id in {write.sys_id for write in writes}:
        requests = [request for request in servicenow.requests if request.sys_id == sys_id and request.is_write]
        unanswered = sum(request.status in (0, 202, 204) or request.status >= 500 for request in requests)
        commits = sum(write.sys_id == sys_id for write in writes)
        items = sum(item.sys_id == sys_id for item in told)
        assert commits <= items + unanswered + spoiled, f"{sys_id} was written {commits} times for {items} pushes"
