"""Editing with a form: what is shown, what was typed over it, and who was first when two people type."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor, Role
from core.domain.editing import Format, block_fields, read_back, statement_of, with_fields, written
from core.domain.push import sha256_of
from core.domain.statement import Statement, SyncStatus
from core.errors import LossyText, StaleCard
from core.models.edits import EditForm, MovedEdit, SavedEdit, Subject
from core.store.pushes import open_requests_with
from core.store.statements import get_many, to_statement
from core.store.tables import ConflictRow, EditRow
from core.text.content import TextKind, clean, fingerprint, lost_content, lost_look
from core.usecases.people.actors import person_views
from core.usecases.statements.edits import save_edit
from core.usecases.texts import diff_texts, in_thread
from core.wiring import Core

# A statement moves for other reasons than an edit (a pull, a conflict found); then the save is simply tried again.
_TRIES = 3


@dataclass(frozen=True)
class Typed:
    """What was typed into a form, as one text or by the positions of blocks.

    `form` is how the text is written. `seen` is the digest of the text that the person knew as the present one, `base` that
    of the text the form was made of: the same, unless somebody else saved meanwhile and the person was shown it.
    """

    statement_id: uuid.UUID
    seen: str
    base: str
    text: str | None = None
    fields: Mapping[int, str] = field(default_factory=dict)
    form: Format = Format.MARKDOWN


async def get_subject(core: Core, statement_id: uuid.UUID) -> Subject:
    """The statement as forms name it. Raises NotFound."""
    return (await _look(core, statement_id))[0]


async def edit_form(core: Core, actor: Actor, statement_id: uuid.UUID) -> EditForm:
    """The statement for editing. Raises NotFound, NotAllowed, and LossyText for one that cannot be edited here."""
    subject, statement = await _look(core, statement_id)
    actor.require(Role.EDITOR, (subject.system_name,))
    return await in_thread(_form, subject, statement.present, statement.kind)


def _form(subject: Subject, text: str, kind: TextKind) -> EditForm:
    if lost := lost_content(text, kind):
        raise LossyText(
            f"{subject.label} holds content grcpush cannot carry: {', '.join(lost)}.",
            next_step="Edit this statement in ServiceNow itself.",
        )
    shown = written(text, kind)
    return EditForm(
        subject=subject,
        writing=None if shown.format is Format.HTML else shown,
        fields=tuple(block_fields(text, kind)),
        lost_look=lost_look(text, kind),
    )


async def save_typed(
    core: Core, actor: Actor, typed: Typed, *, source: str, allow_empty: bool = False
) -> SavedEdit | MovedEdit:
    """Save what was typed, unless somebody else saved another text first: then nothing is saved, and both are shown.

    Writing that says and looks the same changes nothing, not one byte. Raises NotFound, NotAllowed, LossyText, EmptyText
    unless `allow_empty`, Refused for words that do not fit their place, and StaleCard when their place cannot be told.
    """
    for _ in range(_TRIES):
        subject, statement = await _look(core, typed.statement_id)
        now = statement.present
        base = now if sha256_of(now) == typed.base else await _text_with(core, typed.statement_id, typed.base)
        text = await in_thread(_typed_text, typed, base, now, statement.kind)
        cleaned = await in_thread(clean, text, statement.kind)
        if await in_thread(_says_the_same, cleaned, now, statement.kind):
            return await _saved(core, now, statement)
        if sha256_of(now) != typed.seen:
            return await _moved(subject, statement, base, cleaned)
        try:
            saved = await save_edit(
                core,
                actor,
                statement.id,
                text,
                source=source,
                expected_row_version=statement.row_version,
                allow_empty=allow_empty,
            )
        except StaleCard:
            continue
        return await _saved(core, now, saved)
    raise StaleCard("This statement keeps changing just now, so nothing was saved.", next_step="Try again in a moment.")


def _typed_text(typed: Typed, base: str | None, now: str, kind: TextKind) -> str:
    if typed.text is not None:
        if base is not None:
            return read_back(base, written(base, kind), typed.text, kind)
        return statement_of(typed.text, Format.PLAIN if kind is TextKind.PLAIN else typed.form, kind, [now])
    if base is None:
        raise StaleCard(
            "ServiceNow's text changed while you typed, so your words have lost their places. Nothing was saved.",
            next_step="Copy your words, open the statement again, and put them in.",
        )
    return with_fields(base, kind, typed.fields)


def _says_the_same(one: str, other: str, kind: TextKind) -> bool:
    return fingerprint(one, kind) == fingerprint(other, kind)


async def _moved(subject: Subject, statement: Statement, base: str | None, typed: str) -> MovedEdit:
    now = statement.present
    yours = await diff_texts(now, typed, statement.kind)
    if base is None:
        return MovedEdit(subject, None, yours)
    fields = await in_thread(block_fields, base, statement.kind)
    return MovedEdit(subject, await diff_texts(base, now, statement.kind), yours, tuple(fields))


async def _saved(core: Core, before: str, saved: Statement) -> SavedEdit:
    subject = await get_subject(core, saved.id)
    after = saved.present
    own = await diff_texts(before, after, saved.kind)
    return SavedEdit(subject, own, await diff_texts(saved.baseline, after, saved.kind))


async def _text_with(core: Core, statement_id: uuid.UUID, digest: str) -> str | None:
    """The text of the statement that once had this digest, where one of our records still holds it."""
    async with core.db.reading() as tx:
        for text in await _known_texts(tx, statement_id):
            if sha256_of(text) == digest:
                return text
    return None


async def _known_texts(tx: AsyncSession, statement_id: uuid.UUID) -> list[str]:
    joined = (await get_many(tx, [statement_id]))[statement_id]
    edits = (await tx.exec(select(EditRow.content).where(EditRow.statement_id == statement_id))).all()
    conflicts = (await tx.exec(select(ConflictRow).where(ConflictRow.statement_id == statement_id))).all()
    sides = [text for row in conflicts for text in (row.baseline_content, row.local_content, row.remote_content)]
    return [joined[0].content, *(text for text in edits if text is not None), *sides]


async def _look(core: Core, statement_id: uuid.UUID) -> tuple[Subject, Statement]:
    async with core.db.reading() as tx:
        joined = (await get_many(tx, [statement_id]))[statement_id]
        people = await person_views(tx, [joined[0].edited_by])
        held = (await open_requests_with(tx, [statement_id])).get(statement_id)
    statement = to_statement(*joined)
    subject = Subject(
        id=statement.id,
        sn_sys_id=statement.sn_sys_id,
        control_number=statement.control_number,
        control_name=statement.control_name,
        system_name=statement.system_name,
        row_version=statement.row_version,
        text_digest=sha256_of(statement.present),
        is_modified=statement.local is not None,
        is_conflict=statement.status is SyncStatus.CONFLICT,
        editor=people.get(statement.edited_by) if statement.edited_by else None,
        edited_at=statement.edited_at,
        held_by=held.number if held is not None else None,
    )
    return subject, statement
