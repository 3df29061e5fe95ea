import pytest

from core.domain.conflict import Choice
from core.domain.merge_writing import END_MARK, LOCAL_MARK, REMOTE_MARK, Pick
from core.domain.push import RequestState
from core.errors import AlreadyResolved, LossyText, NotAllowed, Refused, StaleCard
from core.models.edits import MergePreview
from core.models.requests import ConflictCard, RequestCard
from core.store.statements import authors
from core.usecases.conflicts.merges import TypedMerge, keep_both, merge_form, preview_both, save_merge
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict, undo_resolution
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import conflict_card, request_card
from core.usecases.requests.drafts import check_statements, prepare_push
from core.usecases.statements.edits import get_statement, save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.cast import Cast, list_edits

NAME = "Payroll Cloud/AC-3"
TABLE = (
    "<p>Ports.</p>\n<table><tbody>\n<tr><td>Web</td><td>443</td></tr>\n<tr><td>Database</td><td>5432</td></tr>\n"
    "</tbody></table>\n<p>Reviewed.</p>"
)


class Clash:
    """A statement with a conflict of three given texts, in a request that waits for it to be settled."""

    def __init__(self, core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow) -> None:
        self._core, self._cast, self._servicenow = core, cast, servicenow
        self.sys_id = sample.sys_id("Payroll Cloud", "AC-3")

    async def of(self, baseline: str, local: str, remote: str) -> RequestCard:
        """The request. The texts go the way that real ones go: by an edit in ServiceNow, a look at it, and an edit here."""
        self.set_remote(baseline)
        statement = await get_statement(self._core, self.sys_id)
        await check_statements(self._core, self._cast.requester, [statement.id])
        await save_edit(self._core, self._cast.editor, statement.id, local, source="test")
        self.set_remote(remote)
        preview = await prepare_push(self._core, self._cast.requester, [statement.id])
        return await request_push(self._core, self._cast.requester, preview.request_id)

    def set_remote(self, html: str) -> None:
        """Somebody changes the text in ServiceNow."""
        self._servicenow.edit(STATEMENTS, self.sys_id, STATEMENT_FIELD, html, by="jane.roe")


@pytest.fixture
def clash(core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow) -> Clash:
    return Clash(core, cast, sample, servicenow)


PARTS = ["<p>First paragraph.</p>", "<p>Second paragraph.</p>", "<p>Third <b>paragraph</b>.</p>", "<p>Fourth.</p>"]
BASE = "\n".join(PARTS)
LOCAL = BASE.replace("First", "My first")
REMOTE = BASE.replace("Fourth", "Their fourth")
OTHER = BASE.replace("First", "Their first")


def seen(card: ConflictCard) -> SeenConflict:
    return SeenConflict(card.id, card.revision)


async def test_a_merge_is_offered_only_where_the_edits_do_not_clash(clash: Clash) -> None:
    assert (await clash.of(BASE, LOCAL, REMOTE)).open_conflicts[0].merge_digest


async def test_no_merge_is_offered_where_they_do(clash: Clash) -> None:
    assert not (await clash.of(BASE, LOCAL, OTHER)).open_conflicts[0].merge_digest


async def test_the_merge_is_shown_against_both_sides_before_it_counts(core: Core, clash: Clash) -> None:
    (conflict,) = (await clash.of(BASE, LOCAL, REMOTE)).open_conflicts

    preview = await preview_both(core, seen(conflict), conflict.merge_digest)

    assert preview.digest == conflict.merge_digest
    assert preview.from_remote.size_in_words == "+2 / -1 words"
    assert "My first" in preview.from_remote.new_text
    assert "Their fourth" in preview.from_remote.old_text
    assert "Their fourth" not in preview.from_local.old_text
    assert preview.from_local.new_text == preview.from_remote.new_text
    assert (await conflict_card(core, conflict.id)).is_open


async def test_keep_both_saves_exactly_the_merge_that_was_shown_and_blocks_keep_their_bytes(
    core: Core, cast: Cast, clash: Clash
) -> None:
    request = await clash.of(BASE, LOCAL, REMOTE)
    (conflict,) = request.open_conflicts

    card = await keep_both(core, cast.requester, seen(conflict), conflict.merge_digest)

    assert card.choice is Choice.MERGED
    after = await get_statement(core, NAME)
    assert after.local == "\n".join(
        [PARTS[0].replace("First", "My first"), *PARTS[1:3], PARTS[3].replace("Fourth", "Their fourth")]
    )
    assert after.baseline == REMOTE
    assert (await request_card(core, request.id)).state is RequestState.WAITING
    newest = (await list_edits(core, after.id))[0]
    assert (newest.source, newest.content) == ("merged", after.local)


async def test_who_merged_has_written_part_of_it_and_may_not_approve(core: Core, cast: Cast, clash: Clash) -> None:
    (conflict,) = (await clash.of(BASE, LOCAL, REMOTE)).open_conflicts
    await keep_both(core, cast.requester, seen(conflict), conflict.merge_digest)

    async with core.db.reading() as tx:
        found = await authors(tx, [conflict.statement_id])

    assert found[conflict.statement_id] == {cast.editor.id, cast.requester.id}


async def test_a_merge_of_other_texts_than_were_shown_is_refused(core: Core, cast: Cast, clash: Clash) -> None:
    (conflict,) = (await clash.of(BASE, LOCAL, REMOTE)).open_conflicts
    clash.set_remote(REMOTE.replace("Their fourth", "Their very last"))
    await check_statements(core, cast.requester, [conflict.statement_id])

    with pytest.raises(StaleCard):
        await keep_both(core, cast.requester, seen(conflict), conflict.merge_digest)
    now = await conflict_card(core, conflict.id)
    with pytest.raises(StaleCard, match="another one"):
        await keep_both(core, cast.requester, seen(now), conflict.merge_digest)

    assert now.is_open
    assert (await get_statement(core, NAME)).local == LOCAL


async def test_keep_both_after_somebody_settled_it_names_them(core: Core, cast: Cast, clash: Clash) -> None:
    (conflict,) = (await clash.of(BASE, LOCAL, REMOTE)).open_conflicts
    await resolve_conflict(core, cast.editor, seen(conflict), Choice.KEEP_LOCAL)

    with pytest.raises(AlreadyResolved, match="Editor already settled"):
        await keep_both(core, cast.requester, seen(conflict), conflict.merge_digest)


async def test_a_person_with_no_part_in_it_may_not_merge(core: Core, cast: Cast, clash: Clash) -> None:
    (conflict,) = (await clash.of(BASE, LOCAL, REMOTE)).open_conflicts

    with pytest.raises(NotAllowed):
        await keep_both(core, cast.stranger, seen(conflict), conflict.merge_digest)


async def test_a_merge_can_be_undone_with_all_three_texts_as_they_were(core: Core, cast: Cast, clash: Clash) -> None:
    (conflict,) = (await clash.of(BASE, LOCAL, REMOTE)).open_conflicts
    settled = await keep_both(core, cast.requester, seen(conflict), conflict.merge_digest)

    again = await undo_resolution(core, cast.requester, seen(settled))

    after = await get_statement(core, NAME)
    assert (after.local, after.baseline, after.edited_by) == (LOCAL, BASE, cast.editor.id)
    assert again.merge_digest == conflict.merge_digest


async def test_the_form_holds_both_versions_of_what_clashes_between_marks(core: Core, clash: Clash) -> None:
    (conflict,) = (await clash.of(BASE, LOCAL, OTHER)).open_conflicts

    form = await merge_form(core, seen(conflict))

    assert form.writing is not None
    body = form.writing.body
    places = [body.index(part) for part in (LOCAL_MARK, "My first", REMOTE_MARK, "Their first", END_MARK, "Second")]
    assert places == sorted(places)


@pytest.mark.parametrize("left", [LOCAL_MARK, REMOTE_MARK, END_MARK, "⟦ Local version", "some ⟧ rest"])
async def test_a_clash_that_is_not_settled_cannot_be_saved(core: Core, cast: Cast, clash: Clash, left: str) -> None:
    (conflict,) = (await clash.of(BASE, LOCAL, OTHER)).open_conflicts

    with pytest.raises(Refused, match="not settled"):
        await save_merge(core, cast.editor, seen(conflict), TypedMerge(f"Words.\n\n{left}\n\nMore."), "")

    assert (await conflict_card(core, conflict.id)).is_open


async def test_a_written_merge_is_shown_first_and_saved_only_as_it_was_shown(
    core: Core, cast: Cast, clash: Clash
) -> None:
    (conflict,) = (await clash.of(BASE, LOCAL, OTHER)).open_conflicts
    text = "My and their first paragraph.\n\nSecond paragraph.\n\nThird **paragraph**.\n\nFourth."

    shown = await save_merge(core, cast.editor, seen(conflict), TypedMerge(text), "")
    assert isinstance(shown, MergePreview)
    assert "My and their first" in shown.from_remote.new_text
    assert (await conflict_card(core, conflict.id)).is_open
    changed = await save_merge(core, cast.editor, seen(conflict), TypedMerge(f"{text} More."), shown.digest)
    assert isinstance(changed, MergePreview)
    saved = await save_merge(core, cast.editor, seen(conflict), TypedMerge(text), shown.digest)

    assert isinstance(saved, ConflictCard)
    assert saved.choice is Choice.MERGED
    after = await get_statement(core, NAME)
    assert after.local == "\n".join(["<p>My and their first paragraph.</p>", *PARTS[1:]])
    assert after.baseline == OTHER


@pytest.mark.parametrize(("side", "choice"), [(LOCAL, Choice.KEEP_LOCAL), (OTHER, Choice.KEEP_REMOTE)])
async def test_a_merge_that_is_one_of_the_two_texts_is_recorded_as_that_choice(
    core: Core, cast: Cast, clash: Clash, side: str, choice: Choice
) -> None:
    (conflict,) = (await clash.of(BASE, LOCAL, OTHER)).open_conflicts
    first = "My first paragraph." if choice is Choice.KEEP_LOCAL else "Their first paragraph."
    typed = TypedMerge(f"{first}\n\nSecond paragraph.\n\nThird **paragraph**.\n\nFourth.")

    shown = await save_merge(core, cast.requester, seen(conflict), typed, "")
    assert isinstance(shown, MergePreview)
    saved = await save_merge(core, cast.requester, seen(conflict), typed, shown.digest)

    assert isinstance(saved, ConflictCard)
    assert saved.choice is choice
    after = await get_statement(core, NAME)
    assert after.local == (side if choice is Choice.KEEP_LOCAL else None)


async def test_an_empty_merge_is_refused(core: Core, cast: Cast, clash: Clash) -> None:
    (conflict,) = (await clash.of(BASE, LOCAL, OTHER)).open_conflicts

    with pytest.raises(Refused, match="empty"):
        await save_merge(core, cast.editor, seen(conflict), TypedMerge("  \n "), "")


async def test_where_markdown_cannot_carry_the_texts_versions_are_picked_and_rows_keep_their_bytes(
    core: Core, cast: Cast, clash: Clash
) -> None:
    (conflict,) = (await clash.of(TABLE, TABLE.replace("5432", "5433"), TABLE.replace("5432", "6432"))).open_conflicts

    form = await merge_form(core, seen(conflict))
    assert form.writing is None
    assert [(each.local, each.remote) for each in form.clashes] == [("Database | 5433", "Database | 6432")]

    picks = TypedMerge(picks=[Pick.BOTH])
    shown = await save_merge(core, cast.editor, seen(conflict), picks, "")
    assert isinstance(shown, MergePreview)
    await save_merge(core, cast.editor, seen(conflict), picks, shown.digest)

    local = str((await get_statement(core, NAME)).local)
    assert "<tr><td>Database</td><td>5433</td></tr>" in local
    assert "<tr><td>Database</td><td>6432</td></tr>" in local
    assert local.startswith("<p>Ports.</p>")


async def test_picks_for_another_number_of_clashes_are_refused(core: Core, cast: Cast, clash: Clash) -> None:
    (conflict,) = (await clash.of(TABLE, TABLE.replace("5432", "5433"), TABLE.replace("5432", "6432"))).open_conflicts

    with pytest.raises(Refused, match="other clashes"):
        await save_merge(core, cast.editor, seen(conflict), TypedMerge(picks=[Pick.LOCAL, Pick.LOCAL]), "")


async def test_an_image_in_a_written_merge_is_refused_and_not_dropped(core: Core, cast: Cast, clash: Clash) -> None:
    (conflict,) = (await clash.of(BASE, LOCAL, OTHER)).open_conflicts

    with pytest.raises(LossyText, match="image"):
        await save_merge(core, cast.editor, seen(conflict), TypedMerge("Words ![](plan.png)."), "")
