"""How much of a success is claimed: never more than was seen."""

from core.domain.outcome import Level, Outcome
from core.domain.push import RequestState
from core.usecases.pushing.settling import look_at_doubtful
from core.usecases.requests.cards import request_card
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, Moment
from tests.faults.desk import Desk, is_pushed_cleanly, ours


def shut_after_the_last_write(desk: Desk) -> list[object]:
    """Have ServiceNow refuse every look at the statements once the last of them is written."""
    shut: list[object] = []

    def refuse(_moment: Moment) -> None:
        fault = desk.servicenow.faults.on(22, kind="query_denied", method="GET", table=STATEMENTS)
        shut.append(fault)

    desk.servicenow.on("after_commit", refuse, table=STATEMENTS, user="grcpush.svc", nth=len(desk.ids))
    return shut


async def test_a_write_that_nobody_may_read_back_is_called_unverified_until_it_can_be_read(desk: Desk) -> None:
    shut = shut_after_the_last_write(desk)
    card = await desk.approved()

    await desk.run()
    results = (await desk.results(card.id)).values()
    assert {(result.outcome, result.level) for result in results} == {(Outcome.PUSHED, Level.UNVERIFIED)}
    assert all(result.severity == "warning" and "not verified" in result.sentence for result in results)
    assert (await request_card(desk.core, card.id)).state is RequestState.DONE

    await look_at_doubtful(desk.core)
    assert {result.level for result in (await desk.results(card.id)).values()} == {Level.UNVERIFIED}

    shut[0].off()  # type: ignore[attr-defined]
    assert await look_at_doubtful(desk.core) == [card.id]
    results = (await desk.results(card.id)).values()
    assert {(result.outcome, result.level) for result in results} == {(Outcome.PUSHED, Level.VERIFIED_BY_AUDIT)}
    assert {(result.severity, result.sentence) for result in results} == {
        (None, "Pushed, and read back from ServiceNow.")
    }
    assert [is_pushed_cleanly(desk, await desk.statement(sys_id), sys_id) for sys_id in desk.ids] == [True] * 3
    assert await look_at_doubtful(desk.core) == []


async def test_what_was_overwritten_while_nothing_could_be_read_is_told_with_the_first_look(desk: Desk) -> None:
    shut = shut_after_the_last_write(desk)
    first, second = desk.ids[:2]
    card = await desk.approved()
    theirs = "<p>Saved by Jane in the moment of our write.</p>"
    desk.servicenow.on(
        "before_commit",
        lambda _: desk.servicenow.edit(STATEMENTS, first, STATEMENT_FIELD, theirs),
        table=STATEMENTS,
        sys_id=first,
    )
    await desk.run()
    desk.save_theirs(second)

    shut[0].off()  # type: ignore[attr-defined]
    await look_at_doubtful(desk.core)

    results = await desk.results(card.id)
    assert results[first].outcome is Outcome.OVERWROTE
    assert (await desk.conflict(first)).remote_content == theirs
    assert results[second].outcome is Outcome.OVERWRITTEN_AFTER
    assert desk.text(first) == ours(0)
