"""The ServiceNow page: finding a record, changing it as somebody else, faults and requests."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from sandbox.data import Sample
from sandbox.servicenow import SERVICE_ACCOUNT, SERVICE_PASSWORD, STATEMENT_FIELD, STATEMENTS, ServiceNow
from sandbox.serving import running
from tests.sandbox.web.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def url(servicenow: ServiceNow, sample: Sample) -> AsyncIterator[str]:
    """Where it is served."""
    async with running(servicenow.app) as url:
        yield url


Visit = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="module")
async def visit(url: str, open_page: OpenPage) -> Visit:
    """Opens the page at a path. It needs the server, so pages are closed before the server is."""

    async def visit(path: str = "/", **settings: int) -> Page:
        return await open_page(url + path, **settings)

    return visit


async def ask(url: str, path: str = f"/api/now/table/{STATEMENTS}") -> int:
    """Read something as the bot would; gives the status."""
    async with httpx.AsyncClient(auth=(SERVICE_ACCOUNT, SERVICE_PASSWORD)) as client:
        return (await client.get(url + path, params={"sysparm_limit": "1"})).status_code


async def test_a_record_is_found_by_its_words_and_opened(visit: Visit):
    page = await visit()
    await expect(page.get_by_text("72 records")).to_be_visible()

    await page.get_by_role("searchbox", name="Find a record").fill("payroll ac-2(3)")
    await page.get_by_role("link", name="AC-2(3) Disable Accounts").click()

    await expect(page.get_by_role("heading", name="AC-2(3)")).to_be_visible()
    await page.get_by_role("tab", name="Fields").click()
    await expect(page.get_by_role("row", name="Updated by sys_updated_by")).to_contain_text("admin")


async def test_a_deep_link_opens_its_record(visit: Visit, url: str, sample: Sample):
    sys_id = sample.sys_id("Payroll Cloud", "AC-2")

    page = await visit(f"/nav_to.do?uri={STATEMENTS}.do?sys_id={sys_id}")

    await expect(page).to_have_url(f"{url}/?table={STATEMENTS}&sys_id={sys_id}")
    await expect(page.get_by_role("heading", name="AC-2 Account Management")).to_be_visible()


async def test_a_change_is_saved_as_somebody_else_and_stands_in_the_history(
    visit: Visit, servicenow: ServiceNow, sample: Sample
):
    sys_id = sample.sys_id("Payroll Cloud", "AC-2")
    before = servicenow.get(STATEMENTS, sys_id)[STATEMENT_FIELD]
    page = await visit(f"/?sys_id={sys_id}")

    await page.get_by_role("button", name="Change the text").click()
    await page.get_by_role("button", name="Write a sentence for me").click()
    await page.get_by_role("button", name="Save").click()

    await expect(page.get_by_role("region", name="Notices")).to_contain_text("as jane.roe")
    after = servicenow.get(STATEMENTS, sys_id)
    assert after["sys_updated_by"] == "jane.roe"
    assert len(after[STATEMENT_FIELD]) > len(before)
    await page.get_by_role("tab", name="History").click()
    added = await page.locator("ins").first.inner_text()
    assert added.strip() in after[STATEMENT_FIELD]


async def test_an_edit_without_a_trace_moves_no_stamp(visit: Visit, servicenow: ServiceNow, sample: Sample):
    sys_id = sample.sys_id("Payroll Cloud", "AC-2")
    before = servicenow.get(STATEMENTS, sys_id)
    page = await visit(f"/?sys_id={sys_id}")
    await page.get_by_role("button", name="Change the text").click()
    await page.get_by_role("textbox", name="Text, as HTML").fill("<p>Quietly changed.</p>")
    await page.get_by_role("checkbox", name="Leave no trace").check()

    await page.get_by_role("button", name="Save").click()

    await expect(page.locator(".record-text")).to_have_text("Quietly changed.")
    after = servicenow.get(STATEMENTS, sys_id)
    assert after[STATEMENT_FIELD] == "<p>Quietly changed.</p>"
    assert (after["sys_mod_count"], after["sys_updated_by"]) == (before["sys_mod_count"], before["sys_updated_by"])


async def test_a_record_changed_meanwhile_does_not_take_the_draft_away(
    visit: Visit, servicenow: ServiceNow, sample: Sample
):
    sys_id = sample.sys_id("Payroll Cloud", "AC-2")
    page = await visit(f"/?sys_id={sys_id}")
    await page.get_by_role("button", name="Change the text").click()
    draft = page.get_by_role("textbox", name="Text, as HTML")
    await draft.fill("<p>My draft</p>")

    servicenow.edit(STATEMENTS, sys_id, STATEMENT_FIELD, "<p>Theirs</p>")

    await expect(page.get_by_role("region", name="Notices")).to_contain_text("The text has just been changed")
    await expect(draft).to_have_value("<p>My draft</p>")


async def test_markup_in_a_record_is_shown_without_being_run(visit: Visit, servicenow: ServiceNow, sample: Sample):
    sys_id = sample.sys_id("Payroll Cloud", "AC-2")
    hostile = '<p style="color:#b0271d">Red</p><script>window.run = 1</script><img src=x onerror="window.run = 1">'
    servicenow.edit(STATEMENTS, sys_id, STATEMENT_FIELD, hostile)

    page = await visit(f"/?sys_id={sys_id}")

    text = page.locator(".record-text").first
    await expect(text).to_have_text("Red")
    assert await text.locator("script, img").count() == 0
    assert await page.evaluate("window.run") is None


FEATURED = (
    "An edit just before the next write",
    "Slow answers",
    "Too many requests (429)",
    "Server errors on writes (500)",
    "Silent drop",
    "HTML sanitizer",
    "Hibernating",
)


async def test_every_fault_people_try_first_has_a_switch_and_a_word_on_it(visit: Visit):
    page = await visit()

    for title in FEATURED:
        switch = page.get_by_role("switch", name=title)
        await expect(switch).to_have_attribute("aria-checked", "false")
        assert await switch.evaluate(
            "node => document.getElementById(node.getAttribute('aria-describedby')).textContent"
        )


async def test_a_fault_that_is_switched_on_is_met_by_requests(visit: Visit, url: str, servicenow: ServiceNow):
    page = await visit()
    switch = page.get_by_role("switch", name="Too many requests (429)")
    await switch.click()
    await expect(switch).to_have_attribute("aria-checked", "true")

    assert await ask(url) == 429

    await expect(page.locator('[data-fault="rate_limit"]')).to_contain_text("met 1 request")
    await switch.click()
    await expect(switch).to_have_attribute("aria-checked", "false")
    assert await ask(url) == 200


async def test_a_setting_of_a_fault_is_passed_on(visit: Visit, servicenow: ServiceNow):
    page = await visit()
    await page.locator('[data-fault="slow"]').get_by_role("spinbutton", name="seconds").fill("0.25")

    await page.get_by_role("switch", name="Slow answers").click()

    await expect(page.get_by_role("switch", name="Slow answers")).to_have_attribute("aria-checked", "true")
    assert servicenow.faults.active[0].fault.seconds == 0.25


async def test_requests_appear_as_they_come(visit: Visit, url: str):
    page = await visit()
    await page.get_by_role("tab", name="Requests").click()
    await expect(page.get_by_text("No request has come yet.")).to_be_visible()

    await ask(url)

    await expect(page.locator(".request")).to_contain_text(["GET"])
    await expect(page.locator(".request").first).to_contain_text("200")


async def test_auditing_is_switched_and_what_it_keeps_is_shown(visit: Visit, servicenow: ServiceNow, sample: Sample):
    sys_id = sample.sys_id("Payroll Cloud", "AC-2")
    page = await visit(f"/?sys_id={sys_id}")
    await page.get_by_role("switch", name="Auditing (sys_audit)").click()
    await expect(page.get_by_role("switch", name="Auditing (sys_audit)")).to_have_attribute("aria-checked", "true")
    assert servicenow.audit_enabled

    servicenow.edit(STATEMENTS, sys_id, "state", "draft", by="jane.roe")

    await page.get_by_role("tab", name="Audit").click()
    await expect(page.get_by_role("tabpanel", name="Audit").locator(".entry", has_text="draft")).to_contain_text(
        "jane.roe"
    )


async def test_the_page_fits_a_small_phone(visit: Visit, sample: Sample):
    page = await visit(f"/?sys_id={sample.sys_id('Payroll Cloud', 'AC-2')}", width=360, height=740)
    await expect(page.get_by_role("heading", name="AC-2 Account Management")).to_be_visible()
    for tab in ("Fields", "History", "Audit", "Text"):
        await page.get_by_role("tab", name=tab).click()
        assert await page.evaluate("document.documentElement.scrollWidth") == 360

    await page.get_by_role("button", name="Back to the list").click()

    await expect(page.get_by_text("72 records")).to_be_visible()
