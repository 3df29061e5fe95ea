from bot.actions import Action, Callback
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS
from tests.stage import CHANNEL, REQUESTER, Stage


async def test_from_two_named_controls_to_a_request(stage: Stage) -> None:
    await stage.edit()
    ravi = stage.slack.person(REQUESTER)

    await ravi.command("/grcpush", "AC-7 IR-6", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "2 statements changed")
    await ravi.click(listing, Action.PREVIEW_PUSH)
    await stage.slack.wait_view(REQUESTER, "2 ready", callback_id=Callback.PREVIEW)
    submitted = await ravi.submit(preview, {"reason": "Quarterly review"})
    card = await stage.slack.wait_message("Push request #1", channel=CHANNEL)

    assert submitted.ok
    assert "Waiting for approval" in card.words


async def test_short(stage: Stage) -> None:
    ids = await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)

    await ravi.command("/grcpush", "", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "3 statements changed")
    await ravi.tick(listing, Action.TICK, str(ids[0]), str(ids[2]))
    await ravi.click(listing, Action.PREVIEW_PUSH)
    await stage.slack.wait_view(REQUESTER, "2 ready", callback_id=Callback.PREVIEW)
