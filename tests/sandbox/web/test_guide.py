"""The card of first steps: each step is ticked by what happens, whoever one acts as."""

import pytest
from playwright.async_api import Locator, Page, expect

from sandbox.slack import Workspace
from tests.sandbox.web.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def guide(page: Page) -> Locator:
    """The card."""
    return page.get_by_role("region", name="Getting started")


async def done(page: Page) -> list[str]:
    """The steps that are ticked."""
    return await guide(page).locator(".guide-step-done").evaluate_all("nodes => nodes.map((node) => node.dataset.step)")


async def test_steps_are_ticked_as_they_are_done_and_stay_ticked_for_the_next_person(
    open_page: OpenPage, workspace: Workspace
):
    page = await open_page(f"{workspace.url}/?as=U0EDITOR")
    await expect(guide(page).locator("[aria-current=step]")).to_contain_text("See what changed")
    assert await done(page) == []

    await page.get_by_role("combobox", name="Message #grc-pushes").fill("/grcpush")
    await page.keyboard.press("Enter")
    await expect(guide(page).locator("[aria-current=step]")).to_contain_text("Ask for a push")

    await page.get_by_role("button", name="Preview push").click()
    await page.get_by_role("textbox", name="Reason").fill("long enough by now")
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("button", name="Ask for approval").click()
    await expect(guide(page).locator("[aria-current=step]")).to_contain_text("Approve as another person")

    await guide(page).get_by_role("link", name="Act as Ada Approver").click()
    await page.get_by_role("button", name="Approve", exact=True).click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Yes").click()

    await expect(guide(page).locator("[aria-current=step]")).to_contain_text("Make a conflict")
    assert await done(page) == ["list", "push", "approve"]


async def test_the_card_can_be_put_away_and_called_back(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/?as=U0EDITOR")

    await guide(page).get_by_role("button", name="Hide the guide").click()
    await expect(guide(page)).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("heading", name="grc-pushes")).to_be_visible()
    await expect(guide(page)).to_have_count(0)

    await page.get_by_role("button", name="Show the guide, 0 of 5 steps done").click()

    await expect(guide(page)).to_be_visible()


async def test_a_workspace_started_anew_starts_the_guide_anew(open_page: OpenPage, workspace: Workspace):
    workspace.guide = {"id": "first", "steps": []}
    page = await open_page(f"{workspace.url}/?as=U0EDITOR")
    await page.get_by_role("combobox", name="Message #grc-pushes").fill("/grcpush")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Hide the guide, 1 of 5 steps done")).to_be_visible()

    workspace.guide = {"id": "second", "steps": []}
    workspace.posts.remove(workspace.ephemerals("U0EDITOR")[0])
    await page.reload()

    await expect(page.get_by_role("button", name="Hide the guide, 0 of 5 steps done")).to_be_visible()
