"""Modals on the page: the stack, refused values, redraws that keep what was typed, keys and focus."""

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from sandbox.slack import Workspace
from tests.sandbox.web.conftest import OpenPage
from tests.sandbox.web.test_workspace_page import run_command

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def page(open_page: OpenPage, workspace: Workspace) -> Page:
    """The workspace, with the first form open."""
    page = await open_page(f"{workspace.url}/?as=U0EDITOR")
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Choose statements").click()
    await expect(form(page)).to_be_visible()
    return page


def form(page: Page, title: str = "Preview") -> Locator:
    """The modal with this title."""
    return page.get_by_role("dialog", name=title)


async def test_the_first_field_has_the_focus_and_the_page_behind_is_out_of_reach(page: Page):
    await expect(form(page).get_by_role("textbox", name="Reason")).to_be_focused()

    # The browser's own bars come between the rounds; nothing of the page behind may.
    for _ in range(12):
        await page.keyboard.press("Tab")
        assert await page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )


async def test_a_missing_value_is_told_at_its_field(page: Page):
    await form(page).get_by_role("button", name="Go on").click()

    reason = form(page).get_by_role("textbox", name="Reason")
    await expect(form(page)).to_contain_text("Please complete this required field.")
    await expect(reason).to_be_focused()
    await expect(reason).to_have_attribute("aria-invalid", "true")


async def test_the_apps_sentence_stands_at_the_field_and_goes_when_the_app_is_content(page: Page):
    reason = form(page).get_by_role("textbox", name="Reason")
    await reason.fill("short")
    await reason.press("Enter")
    await expect(form(page)).to_contain_text("Ten characters at least.")
    await expect(reason).to_have_value("short")

    await reason.fill("long enough by now")
    await form(page).get_by_role("button", name="Go on").click()

    await expect(form(page, "Sure?")).to_be_visible()
    await expect(form(page, "Sure?")).to_contain_text("Step 2")


async def test_going_back_finds_what_was_typed(page: Page):
    await form(page).get_by_role("textbox", name="Reason").fill("long enough by now")
    await form(page).get_by_role("button", name="Go on").click()

    await form(page, "Sure?").get_by_role("button", name="Back").click()

    await expect(form(page).get_by_role("textbox", name="Reason")).to_have_value("long enough by now")
    await expect(form(page).get_by_role("button", name="Back")).to_be_hidden()


async def test_a_redraw_that_came_too_late_is_no_alarm(page: Page, workspace: Workspace):
    await form(page).get_by_role("button", name="Next page").click()
    await expect(form(page)).to_contain_text("Page 2")
    await page.keyboard.press("Escape")
    await run_command(page, "refused")

    # The later alarm is there, so the earlier one would be.
    notices = page.get_by_role("region", name="Notices")
    await expect(notices).to_contain_text("not_in_channel")
    assert [call.error for call in workspace.calls.refused()] == ["hash_conflict", "not_in_channel"]
    await expect(notices).not_to_contain_text("hash_conflict")


async def test_a_redraw_keeps_the_half_typed_word_and_the_caret(page: Page, workspace: Workspace):
    reason = form(page).get_by_role("textbox", name="Reason")
    await reason.fill("half a wo")
    await form(page).get_by_role("button", name="Next page").click()
    await expect(form(page)).to_contain_text("Page 2")
    await expect(reason).to_have_value("half a wo")
    await expect(form(page).get_by_role("button", name="Next page")).to_be_focused()

    await reason.press("End")
    await workspace.wait_view("U0EDITOR", "Page 2")
    await page.keyboard.type("rd")
    await expect(reason).to_have_value("half a word")


async def test_an_external_menu_in_a_form_asks_the_app(page: Page, workspace: Workspace):
    await form(page).get_by_role("combobox", name="System").click()
    await page.keyboard.type("p")
    await expect(form(page).get_by_role("option")).to_have_text(["Payroll", "Portal"])
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await form(page).get_by_role("textbox", name="Reason").fill("long enough by now")

    await form(page).get_by_role("button", name="Go on").click()

    await expect(form(page, "Sure?")).to_be_visible()
    sent = next(delivery for delivery in workspace.deliveries if delivery.payload.get("type") == "view_submission")
    chosen = sent.payload["view"]["state"]["values"]["system"]["system"]["selected_option"]
    assert chosen["value"] == "Portal"


async def test_escape_leaves_the_form_and_an_open_menu_first(page: Page, workspace: Workspace):
    field = form(page).get_by_role("combobox", name="System")
    await field.click()
    await expect(field).to_have_attribute("aria-expanded", "true")

    await page.keyboard.press("Escape")
    await expect(field).to_have_attribute("aria-expanded", "false")
    await expect(form(page)).to_be_visible()

    await page.keyboard.press("Escape")
    await expect(form(page)).to_have_count(0)
    assert workspace.views("U0EDITOR") == []


async def test_the_cross_closes_the_whole_stack(page: Page, workspace: Workspace):
    await form(page).get_by_role("textbox", name="Reason").fill("long enough by now")
    await form(page).get_by_role("button", name="Go on").click()

    await form(page, "Sure?").get_by_role("button", name="Close").first.click()

    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert workspace.views("U0EDITOR") == []


async def test_a_second_click_on_the_cross_is_for_the_same_form(page: Page, workspace: Workspace):
    await page.evaluate("for (const _ of [1, 2]) document.querySelector('dialog[open] [aria-label=Close]').click()")

    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.wait_for_load_state("networkidle")
    assert workspace.views("U0EDITOR") == []
    await expect(page.get_by_text("The form was not closed")).to_have_count(0)


async def test_a_form_is_still_there_after_a_reload(page: Page):
    await page.reload()

    await expect(form(page).get_by_role("textbox", name="Reason")).to_be_visible()
