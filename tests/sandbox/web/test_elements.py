"""What a click, a key or a word reports to the app, element by element, on the gallery."""

import json
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from sandbox.slack import Workspace
from tests.sandbox.web.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def page(open_page: OpenPage, workspace: Workspace) -> Page:
    """The gallery."""
    return await open_page(f"{workspace.url}/sandbox/web/gallery.html")


def example(page: Page, name: str) -> Locator:
    """One example of the gallery."""
    return page.locator(f'.example[data-example="{name}"]')


async def reported(shown: Locator) -> dict[str, Any]:
    """What the example last sent to the app."""
    report = shown.locator(".example-report")
    await expect(report).not_to_be_empty()
    return json.loads(await report.inner_text())


async def test_a_button_reports_its_value(page: Page):
    buttons = example(page, "buttons")

    await buttons.get_by_role("button", name="Preview push").click()

    report = await reported(buttons)
    assert (report["block_id"], report["action_id"], report["value"]) == ("buttons", "primary", "42")


async def test_a_confirmed_button_reports_only_after_the_question_was_answered(page: Page):
    buttons = example(page, "buttons")
    await buttons.get_by_role("button", name="Keep local").click()
    question = page.get_by_role("alertdialog", name="Keep the local text?")
    await expect(question).to_contain_text("This replaces Jo Doe's text from Monday.")

    await question.get_by_role("button", name="Back").click()

    await expect(question).to_have_count(0)
    await expect(buttons.locator(".example-report")).to_be_empty()
    await expect(buttons.get_by_role("button", name="Keep local")).to_be_focused()

    await buttons.get_by_role("button", name="Keep local").click()
    await question.get_by_role("button", name="Keep local").click()

    assert (await reported(buttons))["value"] == "k"


async def test_an_overflow_menu_works_by_keyboard_and_asks_first(page: Page):
    buttons = example(page, "buttons")
    more = buttons.get_by_role("button", name="More actions")
    await more.focus()

    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("menuitem", name="Until tomorrow")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.get_by_role("alertdialog", name="Snooze?").get_by_role("button", name="Snooze").click()

    assert (await reported(buttons))["selected_option"]["value"] == "mon"


async def test_escape_closes_a_menu_and_gives_focus_back(page: Page):
    more = example(page, "buttons").get_by_role("button", name="More actions")
    await more.click()
    await expect(more).to_have_attribute("aria-expanded", "true")

    await page.keyboard.press("Escape")

    await expect(more).to_be_focused()
    await expect(more).to_have_attribute("aria-expanded", "false")


async def test_ticks_are_reported_in_the_order_of_the_options(page: Page):
    choices = example(page, "checkboxes and radio buttons")

    await choices.get_by_role("checkbox", name="AC-2(3) Account management").check()

    chosen = (await reported(choices))["selected_options"]
    assert [option["value"] for option in chosen] == ["1", "2"]


async def test_a_radio_button_reports_the_one_chosen(page: Page):
    choices = example(page, "checkboxes and radio buttons")

    await choices.get_by_role("radio", name="Approve only").check()

    assert (await reported(choices))["selected_option"]["value"] == "approve"


async def test_a_menu_is_narrowed_by_typing_and_chosen_by_enter(page: Page):
    menus = example(page, "menus for one choice")
    field = menus.get_by_role("combobox", name="Status")
    await field.focus()

    await page.keyboard.type("conf")
    await expect(menus.get_by_role("option")).to_have_text(["Conflict"])
    await page.keyboard.press("Enter")

    assert (await reported(menus))["selected_option"]["value"] == "conflict"
    await expect(field).to_have_value("Conflict")
    await expect(field).to_have_attribute("aria-expanded", "false")


async def test_an_external_menu_asks_only_once_enough_was_typed(page: Page):
    menus = example(page, "menus for one choice")
    field = menus.get_by_role("combobox", name="Control family")
    await field.click()
    await expect(menus.get_by_text("Type to search")).to_be_visible()

    await page.keyboard.type("aud")
    await menus.get_by_role("option", name="AU Audit").click()

    assert (await reported(menus))["selected_option"]["value"] == "AU"


async def test_people_and_conversations_are_reported_by_id(page: Page):
    menus = example(page, "menus for one choice")
    await expect(menus.get_by_role("combobox", name="Conversation")).to_have_value("#grc-pushes")

    await menus.get_by_role("combobox", name="Owner").click()
    await menus.get_by_role("option", name="Ada Approver").click()

    assert (await reported(menus))["selected_user"] == "U0APPROVE"


async def test_leaving_a_menu_without_a_choice_keeps_the_old_one(page: Page):
    menus = example(page, "menus for one choice")
    field = menus.get_by_role("combobox", name="Owner")
    await field.click()
    await page.keyboard.type("nobody at all")
    await expect(menus.get_by_text("Nothing found")).to_be_visible()

    await page.keyboard.press("Escape")

    await expect(field).to_have_value("Erin Editor")
    await expect(menus.locator(".example-report")).to_be_empty()


async def test_a_menu_for_several_keeps_its_limit_and_takes_chips_away(page: Page):
    menus = example(page, "menus for several choices")
    field = menus.get_by_role("combobox", name="Systems")
    await field.click()
    await menus.get_by_role("option", name="Payments").click()
    await menus.get_by_role("option", name="Warehouse").click()
    chips = menus.locator(".chip").filter(has_text="Pay")
    await expect(chips).to_have_text(["Payroll", "Payments"])
    await expect(menus.locator(".chip", has_text="Warehouse")).to_have_count(0)

    await menus.get_by_role("button", name="Remove Payroll").click()

    await expect(chips).to_have_text(["Payments"])


async def test_a_search_field_reports_on_enter_and_not_before(page: Page):
    forms = example(page, "text inputs")
    field = forms.get_by_role("textbox", name="Search")
    await field.fill("backup")
    await expect(forms.locator(".example-report")).to_be_empty()

    await field.press("Enter")

    assert (await reported(forms))["value"] == "backup"


async def test_a_text_near_its_limit_says_how_much_is_left(page: Page):
    field = example(page, "text inputs").get_by_role("textbox", name="Reason")

    await field.fill("x" * 50)

    await expect(example(page, "text inputs").get_by_text("10 characters left")).to_be_visible()


async def test_a_data_table_sorts_filters_and_turns_pages(page: Page):
    table = example(page, "data_table")
    rows = table.locator("tbody tr")
    await expect(rows).to_have_count(5)

    await table.get_by_role("button", name="Words added").click()
    await table.get_by_role("button", name="Words added").click()
    numbers = [int(text) for text in await table.locator("tbody td.cell-right").all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)
    await expect(table.get_by_role("columnheader", name="Words added")).to_have_attribute("aria-sort", "descending")

    await table.get_by_role("button", name="Next").click()
    await expect(table.get_by_role("status").first).to_have_text("6–10 of 12 rows")

    await table.get_by_role("searchbox").fill("least")
    await expect(rows).to_have_count(1)
    await expect(rows.get_by_role("rowheader")).to_have_text("AC-6 Least privilege")


async def test_a_long_section_can_be_unfolded(page: Page):
    section = example(page, "a long section is folded")
    more = section.get_by_role("button", name="Show more")

    await more.click()

    await expect(section.get_by_role("button", name="Show less")).to_have_attribute("aria-expanded", "true")
    await expect(section.locator(".folded")).to_have_count(0)
