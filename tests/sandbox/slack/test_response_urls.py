import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.sandbox.slack.parts import actions, button, section
from tests.sandbox.slack.refused import refused


@pytest.fixture
async def clicked(ws, bot, client):
    """Clicks a fresh message and gives back the message and a client for its response URL."""

    @bot.action("go")
    async def on_go(ack):
        await ack()

    async def click(**where):
        answer = await client.chat_postMessage(
            channel="C0GRC", text="original", blocks=[section("original"), actions(button())], **where
        )
        message = ws.posts.find("C0GRC", answer["ts"])
        delivery = await ws.person("U0EDITOR").click(message, "go")
        return message, AsyncWebhookClient(delivery.payload["response_url"])

    return click


async def test_a_click_may_be_answered_to_the_clicker_alone(ws, clicked):
    message, answer = await clicked()

    assert (await answer.send(text="only you", replace_original=False)).status_code == 200

    assert [one.text for one in ws.ephemerals("U0EDITOR")] == ["only you"]
    assert message.text == "original"


async def test_an_answer_in_a_thread_stays_in_the_thread(ws, client, clicked):
    parent = (await client.chat_postMessage(channel="C0GRC", text="parent"))["ts"]
    _, answer = await clicked(thread_ts=parent)

    await answer.send(text="only you", replace_original=False)

    assert ws.ephemerals("U0EDITOR")[0].thread_ts == parent


async def test_a_click_may_replace_or_delete_what_was_clicked(ws, clicked):
    message, answer = await clicked()
    await answer.send(text="replaced", blocks=[section("replaced")], replace_original=True)
    assert message.words == "replaced\nreplaced"

    await answer.send(delete_original=True)

    assert message.is_deleted
    gone = await answer.send(text="again", replace_original=True)
    assert gone.status_code == 404
    assert ws.refused_answers[-1][1] == "message_not_found"


async def test_a_silent_answer_overwrites_what_was_clicked(ws, clicked):
    message, answer = await clicked()

    await answer.send(text="You may not do that.")

    assert message.text == "You may not do that."


async def test_an_ephemeral_listing_is_redrawn_by_a_click_on_it(ws, bot, client):
    @bot.action("go")
    async def on_go(ack, respond):
        await ack()
        await respond(text="page 2", blocks=[section("page 2")], replace_original=True)

    blocks = [section("page 1"), actions(button())]
    await client.chat_postEphemeral(channel="C0GRC", user="U0EDITOR", text="page 1", blocks=blocks)
    erin = ws.person("U0EDITOR")
    (listing,) = erin.ephemerals()

    await erin.click(listing, "go")

    assert (await ws.wait_ephemeral("U0EDITOR", "page 2")) is listing
    assert len(erin.ephemerals()) == 1


async def test_an_answer_may_go_to_everyone(ws, clicked):
    _, answer = await clicked()

    await answer.send(text="for all", response_type="in_channel", replace_original=False)

    assert ws.messages("C0GRC")[-1].text == "for all"


async def test_what_was_answered_to_everyone_is_out_of_the_web_apis_reach(ws, client, clicked):
    _, answer = await clicked()
    await answer.send(text="for all", response_type="in_channel", replace_original=False)

    with refused("cant_update_message"):
        await client.chat_update(channel="C0GRC", ts=ws.messages("C0GRC")[-1].ts, text="changed")


async def test_five_answers_and_no_more(clicked):
    _, answer = await clicked()
    for number in range(5):
        assert (await answer.send(text=str(number), replace_original=False)).status_code == 200

    sixth = await answer.send(text="6", replace_original=False)

    assert (sixth.status_code, "used_url" in sixth.body) == (404, True)


async def test_answers_end_after_thirty_minutes(ws, clicked):
    _, answer = await clicked()
    ws.clock.advance(30 * 60 + 1)

    late = await answer.send(text="late")

    assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_faulty_blocks_are_refused_here_too(ws, clicked):
    _, answer = await clicked()

    refused = await answer.send(text="x", blocks=[section("x" * 3001)])

    assert (refused.status_code, "invalid_blocks" in refused.body) == (400, True)
    assert ws.refused_answers[-1][1] == "invalid_blocks"


async def test_an_answer_has_no_budget_for_its_blocks(clicked):
    _, answer = await clicked()

    long = await answer.send(text="x", blocks=[section("x" * 2900) for _ in range(6)])

    assert long.status_code == 200


async def test_a_command_cannot_replace_its_first_answer(ws, bot):
    @bot.command("/grcpush")
    async def command(ack, respond):
        await ack()
        await respond(text="Looking…")
        await respond(text="Found 3.", replace_original=True)

    await ws.person("U0EDITOR").command("/grcpush")

    await ws.wait_ephemeral("U0EDITOR", "Found 3.")
    assert [one.text for one in ws.ephemerals("U0EDITOR")] == ["Looking…", "Found 3."]


async def test_a_command_may_be_answered_in_its_acknowledgement(ws, bot):
    @bot.command("/grcpush")
    async def command(ack):
        await ack(text="At once.")

    await ws.person("U0EDITOR").command("/grcpush", channel="C0GENERAL")

    (message,) = ws.ephemerals("U0EDITOR")
    assert (message.text, message.channel) == ("At once.", "C0GENERAL")


async def test_a_made_up_response_url_is_refused(ws, slack_url):
    answer = await AsyncWebhookClient(f"{slack_url}/actions/T0GRC/nonsense").send(text="hello")

    assert answer.status_code == 404
