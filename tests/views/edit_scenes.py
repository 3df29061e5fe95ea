"""The drawings of editing and merging, and of every kind of change, by name."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.actions import ButtonValue
from bot.views.conflicts.merge import Made, keep_both_modal, merge_modal, merge_preview_modal, settled_modal
from bot.views.requests.preview import change_modal
from bot.views.statements.changes import changes_modal
from bot.views.statements.editing import Kept, edit_modal, moved_modal, reverted_modal, saved_modal
from core.domain.conflict import Choice
from core.domain.diff import diff
from core.domain.editing import Format, block_fields, written
from core.domain.merge import Clashes, three_way_merge
from core.domain.merge_writing import Pick, clash_texts, picked_merge, written_merge
from core.domain.push import Readiness, sha256_of
from core.models.edits import (
    EditForm,
    ListedChange,
    MergeForm,
    MergePreview,
    MovedEdit,
    SavedEdit,
    Subject,
)
from core.text.content import TextKind, lost_look
from tests.views import examples as ex

HTML = TextKind.HTML
TABLE = (
    "<p>Ports in use are listed here.</p><table><tbody><tr><td>Web tier</td><td>443</td></tr>"
    "<tr><td>Database</td><td>5432</td></tr></tbody></table><p>The list is <b>reviewed</b> twice a year.</p>"
)
LONG_TABLE = TABLE.replace(
    "<tr><td>Database</td><td>5432</td></tr>", "".join(f"<tr><td>Service {n}</td><td>{n}</td></tr>" for n in range(120))
)
LONG_WORDS = "".join(f"<p>Paragraph {n}: the backup of system {n} is tested every year.</p>" for n in range(60))
TOO_LONG = "".join(f"<p>Paragraph {n}: the backup of system {n} is tested every year.</p>" for n in range(300))
THIRD = "<p>Records are kept for seven years.</p>"
IMAGE = f'{THIRD}<p><img src="/plan.png" alt="network plan"></p>'
ELSEWHERE = ex.BEFORE.replace("after 30 days", "after 14 days")
"""ServiceNow's text, changed in another paragraph than the local one."""
CARRIED = ButtonValue(ex.an_id(1001), digest="d" * 64, base="d" * 64)


def subject(text: str = ex.BEFORE, **changes: Any) -> Subject:
    line = ex.a_request_line(1)
    shown = Subject(
        id=line.statement_id,
        sn_sys_id=line.sn_sys_id,
        control_number=line.control_number,
        control_name=line.control_name,
        system_name=line.system_name,
        row_version=7,
        text_digest=sha256_of(text),
        is_modified=True,
        is_conflict=False,
        editor=ex.EDITOR,
        edited_at=ex.NOON,
    )
    return replace(shown, **changes)


def form(text: str, kind: TextKind = HTML, **changes: Any) -> EditForm:
    """The form as the use case makes it."""
    shown = written(text, kind)
    return EditForm(
        subject(text, **changes),
        None if shown.format is Format.HTML else shown,
        tuple(block_fields(text, kind)),
        lost_look(text, kind),
    )


def _edit(text: str, kind: TextKind = HTML, **changes: Any) -> dict[str, Any]:
    shown = form(text, kind, **changes)
    return edit_modal(shown, ex.record_url(shown.subject.sn_sys_id), CARRIED)


def _saved(before: str, after: str, **changes: Any) -> dict[str, Any]:
    change = diff(before, after, HTML)
    return saved_modal(SavedEdit(subject(after, **changes), change, change))


def _moved(kept: Kept, text: str = ex.BEFORE) -> dict[str, Any]:
    theirs = text.replace("every year", "each month")
    moved = MovedEdit(
        subject(theirs, editor=ex.REQUESTER),
        diff(text, theirs, HTML),
        diff(theirs, text.replace("by the system owner", "by nobody"), HTML),
        tuple(block_fields(text, HTML)),
    )
    return moved_modal(moved, kept, replace(CARRIED, revision=1))


def merge_form(baseline: str, local: str, remote: str) -> MergeForm:
    """The form as the use case makes it."""
    merge = three_way_merge(baseline, local, remote, HTML)
    return MergeForm(
        ex.a_conflict(),
        written_merge(merge, HTML),
        tuple(clash_texts(merge, HTML)) if isinstance(merge, Clashes) else (),
        not isinstance(merge, Clashes),
        merge.reason if isinstance(merge, Clashes) else "",
    )


def _preview(local: str, remote: str, merged: str) -> MergePreview:
    return MergePreview(ex.a_conflict(), sha256_of(merged), diff(remote, merged, HTML), diff(local, merged, HTML))


SEEN = ButtonValue(ex.an_id(2001), 4, other=ex.an_id(60))
CLASH = (THIRD, THIRD.replace("seven", "eight"), THIRD.replace("seven", "nine"))
LOOK_CLASH = (THIRD, THIRD.replace("seven", "<b>seven</b>"), THIRD.replace("<p>", '<p style="color: red">'))
TABLE_CLASH = (TABLE, TABLE.replace("5432", "5433"), TABLE.replace("5432", "6432"))


def _merge(texts: tuple[str, str, str], made: Made | None = None) -> dict[str, Any]:
    return merge_modal(merge_form(*texts), ex.record_url(ex.a_sys_id(1)), SEEN, made)


def _keep_both() -> dict[str, Any]:
    merged = three_way_merge(ex.BEFORE, ex.LOCAL, ELSEWHERE, HTML)
    assert not isinstance(merged, Clashes)
    return keep_both_modal(_preview(ex.LOCAL, ELSEWHERE, merged.text), replace(SEEN, digest=sha256_of(merged.text)))


def _picked() -> dict[str, Any]:
    merge = three_way_merge(*TABLE_CLASH, HTML)
    assert isinstance(merge, Clashes)
    text = picked_merge(merge, [Pick.BOTH], HTML)
    made = Made(picks=["both"])
    return merge_preview_modal(merge_form(*TABLE_CLASH), _preview(*TABLE_CLASH[1:], text), replace(SEEN, page=1), made)


def _written() -> dict[str, Any]:
    typed = "Records are kept for nine years, and deleted after that."
    preview = _preview(*CLASH[1:], f"<p>{typed}</p>")
    return merge_preview_modal(merge_form(*CLASH), preview, replace(SEEN, page=1), Made(text=typed))


def change(before: str, after: str, **facts: Any) -> dict[str, Any]:
    """One change in full."""
    line = ex.a_request_line(1, change=diff(before, after, HTML), **facts)
    return change_modal(line, ex.record_url(line.sn_sys_id))


def _listed_change(page: int, pages: int, **changes: Any) -> dict[str, Any]:
    shown = subject(**changes)
    listed = ListedChange(shown, ex.a_change(), page, pages)
    return changes_modal(listed, ex.an_id(50), ex.record_url(shown.sn_sys_id))


EDITS: dict[str, Callable[[], dict[str, Any]]] = {
    "changes-1": lambda: _listed_change(0, 1),
    "changes-2-of-10": lambda: _listed_change(1, 10, is_conflict=True, held_by=41),
    "edit-markdown": lambda: _edit(ex.BEFORE),
    "edit-empty": lambda: _edit("", is_modified=False, editor=None, edited_at=None),
    "edit-plain": lambda: _edit("First line\nSecond line\n\nNext paragraph", TextKind.PLAIN),
    "edit-in-conflict-and-held": lambda: _edit(ex.BEFORE, is_conflict=True, held_by=41),
    "edit-little-room": lambda: _edit(f"<p>{'word ' * 555}</p>"),
    "edit-by-blocks-table": lambda: _edit(TABLE),
    "edit-by-blocks-long": lambda: _edit(LONG_WORDS),
    "edit-not-here-long": lambda: _edit(TOO_LONG),
    "edit-not-here-layout": lambda: _edit(LONG_TABLE),
    "edit-drops-borders": lambda: _edit('<p style="border: 1px solid">Framed.</p>'),
    "edit-saved": lambda: _saved(ex.BEFORE, ex.LOCAL),
    "edit-saved-nothing": lambda: _saved(ex.LOCAL, ex.LOCAL),
    "edit-saved-back": lambda: _saved(ex.LOCAL, ex.BEFORE, is_modified=False),
    "edit-reverted": lambda: reverted_modal(subject(is_modified=False)),
    "edit-moved": lambda: _moved(Kept(text="User accounts are reviewed every year by nobody.")),
    "edit-moved-blocks": lambda: _moved(Kept(fields={0: "User accounts are reviewed every year by nobody."})),
    "keep-both": _keep_both,
    "merge-clash": lambda: _merge(CLASH),
    "merge-clean": lambda: _merge((ex.BEFORE, ex.LOCAL, ELSEWHERE)),
    "merge-by-picks": lambda: _merge(TABLE_CLASH),
    "merge-by-picks-formatting": lambda: _merge(LOOK_CLASH),
    "merge-not-here": lambda: _merge((TOO_LONG, TOO_LONG.replace("every", "each"), TOO_LONG.replace("every", "any"))),
    "merge-preview": _written,
    "merge-preview-picks": _picked,
    "merge-settled": lambda: settled_modal(ex.a_settled_conflict(Choice.MERGED)),
    "merge-settled-as-local": lambda: settled_modal(ex.a_settled_conflict(Choice.KEEP_LOCAL)),
    "change-one-word": lambda: change(ex.BEFORE, ex.BEFORE.replace("every year", "every month")),
    "change-paragraph-moved": lambda: change(f"{THIRD}{ex.BEFORE}", f"{ex.BEFORE}{THIRD}"),
    "change-table-row-added": lambda: change(
        TABLE, TABLE.replace("</tbody>", "<tr><td>Queue</td><td>5671</td></tr></tbody>")
    ),
    "change-image-added": lambda: change(THIRD, IMAGE),
    "change-empty-to-text": lambda: change("", ex.BEFORE),
    "change-text-to-empty": lambda: change(ex.BEFORE, ""),
    "change-refused": lambda: change(IMAGE, ex.BEFORE, readiness=Readiness.REFUSED, reason="It holds an image."),
}
