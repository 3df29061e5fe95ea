"""The Home tab."""

from bot.actions import Action, Callback
from sandbox.slack import View
from tests.stage import APPROVER, CHANNEL, EDITOR, REQUESTER, Stage


async def home_of(stage: Stage, who: str, words: str) -> View:
    await stage.slack.person(who).open_home()
    return await stage.slack.wait_home(who, words)


async def test_home_shows_what_waits_for_an_approver_with_the_way_to_the_card(stage: Stage) -> None:
    card = await stage.request(2)

    home = await home_of(stage, APPROVER, "1 push request to approve")

    assert f"archives/{CHANNEL}/p{card.ts.replace('.', '')}" in home.words
    assert "2 statements" in home.words


async def test_home_asks_nobody_to_approve_what_they_may_not(stage: Stage) -> None:
    await stage.request(2)

    for who in (REQUESTER, EDITOR):
        assert "to approve" not in (await home_of(stage, who, "Nothing waits for you")).words


async def test_home_lists_my_edits_and_opens_the_choice_among_them(stage: Stage) -> None:
    ids = await stage.edit(3)
    home = await home_of(stage, EDITOR, "3 statements, the oldest first")

    await stage.click(EDITOR, home, Action.CHOOSE_MINE)

    modal = await stage.slack.wait_view(EDITOR, "3 statements of yours match", callback_id=Callback.SELECT)
    assert len(stage.elements(modal, Action.TICK)[0].element["options"]) == len(ids)
    assert "views.push" not in {call.method for call in stage.slack.calls}


async def test_home_is_drawn_again_when_a_push_changes(stage: Stage) -> None:
    card = await stage.request(1)
    stage.bot.homes.spacing = 0.01
    await home_of(stage, APPROVER, "1 push request to approve")

    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "1 pushed")

    home = await stage.slack.wait_home(APPROVER, "1 of 1 statement pushed")
    assert "Nothing waits for you" in home.words


async def test_conflicts_wait_for_the_one_who_asked_and_for_who_wrote_the_text(stage: Stage) -> None:
    await stage.request(1, with_conflicts=True)

    for who in (REQUESTER, EDITOR):
        await home_of(stage, who, "1 push request with conflicts to settle")
    assert "Nothing waits for you" in (await home_of(stage, APPROVER, "Waiting for me")).words


async def test_a_guest_sees_a_sentence_and_gets_no_message(stage: Stage) -> None:
    await home_of(stage, "U0GUEST", "cannot use grcpush")

    assert stage.slack.direct_messages("U0GUEST") == []
