import pytest

from sandbox.slack import NotOnShow
from tests.sandbox.slack.parts import asks, modal, plain, section, text_input


@pytest.fixture
async def form(ws, bot, client):
    """A bot whose modal asks for a reason; what it gets is kept, what it acknowledges is set by the test."""
    seen = {"submitted": [], "closed": [], "ack": {}}

    @bot.view("modal")
    async def submitted(ack, body):
        seen["submitted"].append(body)
        await ack(**seen["ack"])

    @bot.view_closed("modal")
    async def closed(ack, body):
        seen["closed"].append(body)
        await ack()

    async def open_form(**extra):
        view = modal(asks(text_input("reason", max_length=10), "why"), **extra)
        await client.views_open(trigger_id=ws.tickets.new_trigger("U0EDITOR"), view=view)
        return ws.person("U0EDITOR").modal()

    seen["open"] = open_form
    return seen


async def test_a_submission_brings_the_values_and_closes_the_modal(ws, form):
    view = await form["open"](private_metadata="batch-7")

    result = await ws.person("U0EDITOR").submit(view, {"reason": "ticket 7"})

    assert result.ok
    assert result.view is None
    assert ws.views("U0EDITOR") == []
    (body,) = form["submitted"]
    assert body["view"]["state"]["values"] == {"why": {"reason": {"type": "plain_text_input", "value": "ticket 7"}}}
    assert body["view"]["private_metadata"] == "batch-7"
    assert body["user"] == {"id": "U0EDITOR", "username": "erin", "name": "erin", "team_id": "T0GRC"}
    assert body["response_urls"] == []


async def test_a_required_field_is_asked_for_before_anything_is_sent(ws, form):
    view = await form["open"]()

    result = await ws.person("U0EDITOR").submit(view)

    assert not result.ok
    assert "why" in result.errors
    assert form["submitted"] == []


async def test_a_text_over_its_length_is_not_sent(ws, form):
    view = await form["open"]()

    result = await ws.person("U0EDITOR").submit(view, {"reason": "x" * 11})

    assert "why" in result.errors
    assert form["submitted"] == []


async def test_errors_from_the_bot_stand_at_their_field_until_the_next_try(ws, form):
    view = await form["open"]()
    form["ack"] = {"response_action": "errors", "errors": {"why": "Name a ticket."}}
    erin = ws.person("U0EDITOR")

    assert (await erin.submit(view, {"reason": "none"})).errors == {"why": "Name a ticket."}
    form["ack"] = {}
    assert (await erin.submit(view, {"reason": "ticket 7"})).ok


async def test_errors_on_anything_but_an_input_fail_before_the_person(ws, form):
    view = await form["open"]()
    form["ack"] = {"response_action": "errors", "errors": {"elsewhere": "Nobody sees this."}}

    result = await ws.person("U0EDITOR").submit(view, {"reason": "x"})

    assert not result.ok
    assert ws.failures[-1].error == "invalid_errors"
    assert view.is_open


async def test_an_update_keeps_the_modal_and_its_id(ws, form):
    view = await form["open"]()
    form["ack"] = {"response_action": "update", "view": modal(section("Checking"), title="Checking")}

    result = await ws.person("U0EDITOR").submit(view, {"reason": "x"})

    assert result.ok
    assert result.view is view
    assert view.title == "Checking"


async def test_a_push_puts_a_modal_on_top(ws, form):
    view = await form["open"]()
    form["ack"] = {"response_action": "push", "view": modal(title="Preview")}

    result = await ws.person("U0EDITOR").submit(view, {"reason": "x"})

    assert result.view.title == "Preview"
    assert [one.title for one in ws.views("U0EDITOR")] == ["A modal", "Preview"]


async def test_clear_closes_everything(ws, client, form):
    await form["open"]()
    top = modal(asks(text_input("reason"), "why"), title="Top")
    await client.views_push(trigger_id=ws.tickets.new_trigger("U0EDITOR"), view=top)
    form["ack"] = {"response_action": "clear"}
    erin = ws.person("U0EDITOR")

    assert (await erin.submit(erin.modal(), {"reason": "x"})).ok
    assert ws.views("U0EDITOR") == []


async def test_a_faulty_view_in_the_acknowledgement_fails_before_the_person(ws, form):
    view = await form["open"]()
    form["ack"] = {"response_action": "update", "view": modal(title="x" * 25)}

    result = await ws.person("U0EDITOR").submit(view, {"reason": "x"})

    assert not result.ok
    assert ws.failures[-1].error == "invalid_arguments"
    assert view.title == "A modal"


async def test_closing_is_told_only_where_it_was_asked_for(ws, form):
    quiet = await form["open"]()
    await ws.person("U0EDITOR").close(quiet)
    assert form["closed"] == []

    told = await form["open"](notify_on_close=True)
    (delivery,) = await ws.person("U0EDITOR").close(told)

    assert delivery.ok
    assert form["closed"][0]["is_cleared"] is False


async def test_clear_on_close_takes_the_whole_stack(ws, client, form):
    await form["open"](notify_on_close=True)
    top = modal(title="Top", clear_on_close=True, notify_on_close=True)
    await client.views_push(trigger_id=ws.tickets.new_trigger("U0EDITOR"), view=top)
    erin = ws.person("U0EDITOR")

    deliveries = await erin.close(erin.modal())

    assert [delivery.payload["is_cleared"] for delivery in deliveries] == [True, True]
    assert ws.views("U0EDITOR") == []


async def test_a_modal_without_a_submit_button_cannot_be_submitted(ws, client):
    view = modal(section())
    del view["submit"]
    await client.views_open(trigger_id=ws.tickets.new_trigger("U0EDITOR"), view=view)

    with pytest.raises(NotOnShow):
        await ws.person("U0EDITOR").submit(ws.views("U0EDITOR")[0])


async def test_a_channel_chosen_in_a_modal_may_bring_a_response_url(ws, bot, client):
    got = []

    @bot.view("modal")
    async def submitted(ack, body, respond):
        await ack()
        got.append(body["response_urls"])
        await respond(text="Going here", response_type="in_channel")

    select = {
        "type": "conversations_select",
        "action_id": "where",
        "response_url_enabled": True,
        "placeholder": plain("Channel"),
    }
    view = modal(asks(select, "target"))
    await client.views_open(trigger_id=ws.tickets.new_trigger("U0EDITOR"), view=view)
    erin = ws.person("U0EDITOR")

    await erin.submit(erin.modal(), {"where": "C0GRC"})

    await ws.wait_message("Going here", channel="C0GRC")
    assert got[0][0]["channel_id"] == "C0GRC"
