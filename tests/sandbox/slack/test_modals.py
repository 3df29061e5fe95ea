import pytest

from tests.sandbox.slack.parts import asks, checkboxes, home, modal, option, section, text_input
from tests.sandbox.slack.refused import refused


@pytest.fixture
def trigger(ws):
    """A fresh trigger id of Erin's."""
    return lambda: ws.tickets.new_trigger("U0EDITOR")


async def test_a_trigger_opens_one_modal(ws, client, trigger):
    trigger_id = trigger()
    opened = await client.views_open(trigger_id=trigger_id, view=modal(private_metadata="7"))

    (view,) = ws.views("U0EDITOR")
    assert opened["view"]["id"] == view.id
    assert (view.title, view.callback_id, view.private_metadata) == ("A modal", "modal", "7")
    with refused("exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger_id, view=modal())


async def test_a_trigger_lasts_three_seconds(ws, client, trigger):
    trigger_id = trigger()
    ws.clock.advance(3.1)

    with refused("expired_trigger_id"):
        await client.views_open(trigger_id=trigger_id, view=modal())


async def test_a_made_up_trigger_is_refused(client):
    with refused("invalid_trigger_id"):
        await client.views_open(trigger_id="1.2.abc", view=modal())


async def test_a_faulty_view_does_not_spend_the_trigger(client, trigger):
    trigger_id = trigger()
    with refused("invalid_arguments") as caught:
        await client.views_open(trigger_id=trigger_id, view=modal(title="x" * 25))

    assert "/view/title/text" in caught.value.response["response_metadata"]["messages"][0]
    assert (await client.views_open(trigger_id=trigger_id, view=modal()))["ok"]


async def test_three_modals_stack_and_no_more(ws, client, trigger):
    first = await client.views_open(trigger_id=trigger(), view=modal(title="one"))
    await client.views_push(trigger_id=trigger(), view=modal(title="two"))
    third = await client.views_push(trigger_id=trigger(), view=modal(title="three"))

    assert [view.title for view in ws.views("U0EDITOR")] == ["one", "two", "three"]
    assert third["view"]["root_view_id"] == first["view"]["id"]
    with refused("push_limit_reached"):
        await client.views_push(trigger_id=trigger(), view=modal(title="four"))


async def test_closing_the_top_shows_the_one_beneath(ws, client, trigger):
    await client.views_open(trigger_id=trigger(), view=modal(title="one"))
    await client.views_push(trigger_id=trigger(), view=modal(title="two"))
    erin = ws.person("U0EDITOR")

    await erin.close(erin.modal())

    assert erin.modal().title == "one"


async def test_a_stale_hash_is_a_conflict(ws, client, trigger):
    view = (await client.views_open(trigger_id=trigger(), view=modal(title="one")))["view"]
    newer = await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(title="two"))

    with refused("hash_conflict"):
        await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(title="late"))
    assert ws.views("U0EDITOR")[0].title == "two"
    assert newer["view"]["hash"] != view["hash"]
    assert (await client.views_update(view_id=view["id"], view=modal(title="without a hash")))["ok"]


async def test_a_closed_modal_is_not_found(ws, client, trigger):
    view = (await client.views_open(trigger_id=trigger(), view=modal()))["view"]
    await ws.person("U0EDITOR").close(ws.views("U0EDITOR")[0])

    with refused("not_found"):
        await client.views_update(view_id=view["id"], view=modal())


async def test_an_external_id_names_one_view(ws, client, trigger):
    await client.views_open(trigger_id=trigger(), view=modal(external_id="selection-1"))
    await client.views_update(external_id="selection-1", view=modal(external_id="selection-1", title="by name"))

    assert ws.views("U0EDITOR")[0].title == "by name"
    with refused("duplicate_external_id"):
        await client.views_push(trigger_id=trigger(), view=modal(external_id="selection-1"))


async def test_home_is_published_for_a_person_and_guarded_by_its_hash(ws, client):
    first = (await client.views_publish(user_id="U0EDITOR", view=home(section("one"))))["view"]
    await client.views_publish(user_id="U0EDITOR", hash=first["hash"], view=home(section("two")))

    assert ws.home("U0EDITOR").words == "two"
    assert ws.home("U0ADMIN") is None
    with refused("hash_conflict"):
        await client.views_publish(user_id="U0EDITOR", hash=first["hash"], view=home(section("late")))
    with refused("invalid_arguments"):
        await client.views_publish(user_id="U0GONE", view=home())


async def test_home_takes_no_modal_and_a_modal_no_home(client, trigger):
    with refused("invalid_arguments"):
        await client.views_publish(user_id="U0EDITOR", view=modal())
    with refused("invalid_arguments"):
        await client.views_open(trigger_id=trigger(), view=home())


async def test_what_was_typed_survives_a_redraw_under_the_same_ids(ws, client, trigger):
    view = (await client.views_open(trigger_id=trigger(), view=modal(asks(text_input(), "why"))))["view"]
    erin = ws.person("U0EDITOR")
    await erin.fill(erin.modal(), {"why": "because"})

    await client.views_update(view_id=view["id"], view=modal(asks(text_input(initial_value="new"), "why")))
    assert erin.modal().state["why"]["text"]["value"] == "because"

    await client.views_update(view_id=view["id"], view=modal(asks(text_input(initial_value="new"), "why-2")))
    assert erin.modal().state == {"why-2": {"text": {"type": "plain_text_input", "value": "new"}}}


async def test_ticks_set_by_the_bot_under_old_ids_are_drawn_but_not_submitted(ws, client, trigger):
    view = (await client.views_open(trigger_id=trigger(), view=modal(asks(checkboxes(), "picks"))))["view"]

    ticked = modal(asks(checkboxes(initial_options=[option("a")]), "picks"))
    await client.views_update(view_id=view["id"], view=ticked)

    assert ws.views("U0EDITOR")[0].state["picks"]["picks"]["selected_options"] == []


async def test_choices_that_are_no_longer_offered_are_dropped(ws, client, trigger):
    view = (await client.views_open(trigger_id=trigger(), view=modal(asks(checkboxes(), "picks"))))["view"]
    erin = ws.person("U0EDITOR")
    await erin.fill(erin.modal(), {"picks": ["a", "c"]})

    await client.views_update(view_id=view["id"], view=modal(asks(checkboxes(values="bc"), "picks")))

    held = erin.modal().state["picks"]["picks"]["selected_options"]
    assert [one["value"] for one in held] == ["c"]


async def test_a_view_over_250_kb_is_too_large(client, trigger):
    wide = [section("ü" * 3000) for _ in range(50)]

    with refused("view_too_large"):
        await client.views_open(trigger_id=trigger(), view=modal(*wide))
