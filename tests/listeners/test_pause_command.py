"""`/grcpush pause` and `/grcpush resume`: an admin's brake, seen on every card."""

from sandbox.servicenow import SERVICE_ACCOUNT
from tests.stage import ADMIN, APPROVER, CHANNEL, REQUESTER, Stage


async def test_a_pause_is_shown_on_the_card_and_the_list_and_nothing_is_written_until_it_ends(stage: Stage) -> None:
    card = await stage.request(1)
    alex = stage.slack.person(ADMIN)

    await alex.command("/grcpush", "pause ServiceNow is upgraded", channel=CHANNEL)
    await stage.slack.wait_ephemeral(ADMIN, "every card says so")
    await stage.until(card, "Writing to ServiceNow is paused")
    await stage.click(APPROVER, card, "grc.approve")
    await stage.until(card, "Pushing")
    await stage.slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "changed since the last push")

    assert "Writing to ServiceNow is paused" in listing.words
    assert stage.servicenow.writes(by=SERVICE_ACCOUNT) == []
    await alex.command("/grcpush", "resume", channel=CHANNEL)
    await stage.until(card, "1 pushed")


async def test_only_admins_pause_and_the_refusal_names_the_way_out(stage: Stage) -> None:
    await stage.slack.person(REQUESTER).command("/grcpush", "pause", channel=CHANNEL)

    refused = await stage.slack.wait_ephemeral(REQUESTER, "the role “admin”")
    assert "Ask an admin" in refused.words
