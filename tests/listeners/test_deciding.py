"""Deciding in Slack: in the review, on the card, and what those concerned are told in the thread."""

from dataclasses import replace

import pytest

from bot.actions import Action, Callback
from bot.views.requests.review import VERDICT
from core.domain.push import RequestState
from core.usecases.approvals.clock import expire_requests
from core.usecases.requests.asking import cancel_push, request_push
from core.usecases.requests.drafts import prepare_push
from sandbox.slack import Message
from tests.clocks import MovedClock
from tests.stage import APPROVER, CHANNEL, EDITOR, REQUESTER, SECOND, Stage


def thread_words(stage: Stage, card: Message) -> str:
    return "\n".join(reply.words for reply in stage.slack.thread(card.channel, card.ts) if reply.ts != card.ts)


async def decide(stage: Stage, who: str, card: Message, verdict: str, comment: str = "") -> bool:
    """Somebody decides in the review; whether Slack closed it."""
    await stage.click(who, card, Action.REVIEW)
    review = await stage.slack.wait_view(who, "Your decision", callback_id=Callback.VERDICT)
    fields = {VERDICT: verdict} | ({"reason": comment} if comment else {})
    return (await stage.slack.person(who).submit(review, fields)).ok and not review.is_open


async def test_approving_only_in_the_review_leaves_the_start_to_the_card(stage: Stage) -> None:
    card = await stage.request(2)

    assert await decide(stage, APPROVER, card, "approve_only")
    await stage.until(card, "Approved (1 of 1), not started")
    assert stage.written() == []
    await stage.slack.wait_for(lambda: "It starts with “Push now”" in thread_words(stage, card))
    await stage.click(REQUESTER, card, Action.PUSH_NOW)

    await stage.until(card, "2 pushed")
    assert len(stage.written()) == 2


async def test_changes_asked_for_are_told_to_who_asked_and_hold_the_push(stage: Stage) -> None:
    card = await stage.request(2)

    assert not await decide(stage, APPROVER, card, "changes")
    assert "needs a comment" in str(stage.slack.views(APPROVER)[-1].errors)
    await stage.slack.person(APPROVER).submit(
        stage.slack.views(APPROVER)[-1], {VERDICT: "changes", "reason": "AC-2 names the old desk."}
    )
    await stage.until(card, "Changes asked for (0 of 1)")
    await stage.slack.wait_for(lambda: "asks for changes: AC-2 names the old desk." in thread_words(stage, card))
    await stage.click(SECOND, card, Action.APPROVE)
    await stage.until(card, "Changes asked for (1 of 1)")
    assert stage.written() == []

    await stage.click(APPROVER, card, Action.APPROVE)

    await stage.until(card, "2 pushed")


async def test_a_decline_can_be_taken_back_by_who_gave_it_alone(stage: Stage) -> None:
    card = await stage.request(2)
    assert await decide(stage, APPROVER, card, "decline", "Not before the audit.")
    await stage.until(card, "Declined")
    await stage.slack.wait_for(lambda: "declined this push request: Not before the audit." in thread_words(stage, card))

    await stage.click(SECOND, card, Action.WITHDRAW_DECLINE)
    await stage.slack.wait_ephemeral(SECOND, "may withdraw this decline")
    await stage.click(APPROVER, card, Action.WITHDRAW_DECLINE)
    await stage.until(card, "Waiting for approval (0 of 1)")
    await stage.slack.wait_for(lambda: "withdrew the decline" in thread_words(stage, card))
    assert thread_words(stage, card).count("withdrew the decline of push request #1; it waits for approval again") == 1
    await stage.click(SECOND, card, Action.APPROVE)

    await stage.until(card, "2 pushed")


async def test_who_may_not_decide_reads_in_the_review_why(stage: Stage) -> None:
    card = await stage.request(2)

    for who, why in ((REQUESTER, "You asked for push request #1"), (EDITOR, "You wrote part of")):
        await stage.click(who, card, Action.REVIEW)
        review = await stage.slack.wait_view(who, why)
        assert "submit" not in review.definition


async def test_approvers_hear_of_a_request_once_and_again_when_reminded(stage: Stage) -> None:
    card = await stage.request(2)
    await stage.slack.wait_for(lambda: "1 approval needed for push request #1" in thread_words(stage, card))

    await stage.click(REQUESTER, card, Action.REMIND)
    await stage.slack.wait_for(lambda: "still 1 approval needed" in thread_words(stage, card))
    await stage.click(REQUESTER, card, Action.REMIND)

    await stage.slack.wait_ephemeral(REQUESTER, "reminded less than four hours ago")
    assert thread_words(stage, card).count("approval needed") == 2
    assert "<!subteam^S0APPROVE>" in "".join(m.text for m in stage.slack.thread(card.channel, card.ts))


async def test_an_expired_request_has_lost_its_buttons_and_is_asked_for_again_from_its_card(stage: Stage) -> None:
    card = await stage.request(2)
    approve = stage.button(card, Action.APPROVE)
    clock = MovedClock()
    clock.forward(hours=25)
    await expire_requests(replace(stage.bot.core, clock=clock))
    await stage.until(card, "Expired")
    assert not stage.shows(card, Action.APPROVE)

    await stage.click_again(APPROVER, card, approve)
    await stage.slack.wait_ephemeral(APPROVER, "is expired; there is nothing to approve")
    await stage.click(REQUESTER, card, Action.ASK_AGAIN)
    preview = await stage.slack.wait_view(REQUESTER, "2 ready", callback_id=Callback.PREVIEW)
    await stage.slack.person(REQUESTER).submit(preview)

    await stage.slack.wait_message("Push request #2", channel=CHANNEL)
    assert stage.written() == []


async def test_a_superseded_request_is_asked_for_again_from_its_card(stage: Stage) -> None:
    card = await stage.request(2)
    line = (await stage.card_of(card)).lines[0]
    await stage.save(line.statement_id, "<p>Mended after the review.</p>")
    await stage.until(card, "Superseded")

    await stage.click(REQUESTER, card, Action.ASK_AGAIN)
    preview = await stage.slack.wait_view(REQUESTER, "2 ready", callback_id=Callback.PREVIEW)
    await stage.slack.person(REQUESTER).submit(preview)

    anew = await stage.slack.wait_message("Push request #2", channel=CHANNEL)
    assert (await stage.card_of(anew)).state is RequestState.WAITING


async def test_asking_again_offers_the_earlier_reason(stage: Stage) -> None:
    core, requester = stage.bot.core, stage.cast.requester
    draft = await prepare_push(core, requester, await stage.edit(2))
    asked = await request_push(core, requester, draft.request_id, reason="Audit finding 7,\nGRC-118", channel=CHANNEL)
    card = await stage.slack.wait_message("Push request #1", channel=CHANNEL)
    await cancel_push(core, requester, asked.id)
    await stage.until(card, "Cancelled")

    await stage.click(REQUESTER, card, Action.ASK_AGAIN)
    preview = await stage.slack.wait_view(REQUESTER, "2 ready", callback_id=Callback.PREVIEW)
    await stage.slack.person(REQUESTER).submit(preview)

    anew = await stage.slack.wait_message("Push request #2", channel=CHANNEL)
    assert (await stage.card_of(anew)).reason == "Audit finding 7, GRC-118"


@pytest.mark.pitfall("M9")
async def test_the_evidence_is_a_file_in_the_thread_for_those_concerned(stage: Stage) -> None:
    card = await stage.request(2)
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "2 pushed")

    await stage.click(EDITOR, card, Action.EVIDENCE)
    await stage.slack.wait_ephemeral(EDITOR, "evidence of a push is for admins")
    for words in ("is in the thread of the card", "in the thread already"):
        await stage.click(APPROVER, card, Action.EVIDENCE)
        await stage.slack.wait_ephemeral(APPROVER, words)

    (evidence,) = [file for file in stage.slack.files if file.name == "push-request-1-evidence.csv"]
    assert {channel for channel, _ in evidence.shared_in} == {CHANNEL}
    text = evidence.text
    for kind in ("push:requested", "push:approved", "push:released"):
        assert text.count(f'"{kind}"') == 1
    for kind in ("push:item_attempted", "push:item_ended"):
        assert text.count(f'"{kind}"') >= 2
    assert '"approver@example.com"' in text
    assert f'"slack","message {card.ts} in {card.channel}"' in text


async def test_undo_previews_a_new_request_with_the_earlier_texts(stage: Stage) -> None:
    card = await stage.request(2)
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "2 pushed")

    await stage.click(EDITOR, card, Action.UNDO_PUSH)
    await stage.slack.wait_view(EDITOR, "requester")
    await stage.click(REQUESTER, card, Action.UNDO_PUSH)
    preview = await stage.slack.wait_view(REQUESTER, "2 ready", callback_id=Callback.PREVIEW)
    await stage.slack.person(REQUESTER).submit(preview)
    anew = await stage.slack.wait_message("Push request #2", channel=CHANNEL)
    await stage.click(APPROVER, anew, Action.APPROVE)
    await stage.until(anew, "2 pushed")

    written = stage.written()
    assert len(written) == 4
