"""The guided card, followed word by word in a browser: the real bot, both stand-ins, and nothing but clicks."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.app import Bot
from bot.cli.demo import make_sample_edits, running_demo
from core.usecases.audit.verifying import verify_audit
from sandbox.servicenow import SERVICE_ACCOUNT
from sandbox.together import Sandbox
from tests.sandbox.web.conftest import OpenPage, browser, chromium, open_page
from tests.stage import FAST
from tests.visitor import Visitor

__all__ = ["browser", "chromium", "open_page"]

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

Demo = tuple[Sandbox, Bot]


@pytest_asyncio.fixture(loop_scope="module")
async def demo() -> AsyncIterator[Demo]:
    """What `make demo` starts, drawn faster."""
    async with running_demo(pace=FAST) as (sandbox, bot):
        await make_sample_edits(sandbox, bot)
        yield sandbox, bot


async def see_what_changed(visitor: Visitor) -> None:
    await visitor.begin("See what changed")
    assert await visitor.done() == []
    await visitor.list_changes()


async def ask_for_a_push(visitor: Visitor) -> None:
    await visitor.begin("Ask for a push")
    await visitor.choose("AT-2")
    await visitor.preview()
    card = await visitor.ask()
    await expect(card).to_contain_text("Waiting for approval (0 of 1)")


async def approve_as_another_person(visitor: Visitor) -> None:
    await visitor.begin("Approve as another person")
    await visitor.press("Approve", visitor.messages)
    await visitor.confirm("Approve")
    await expect(visitor.messages.get_by_role("article").last).to_contain_text("Done · 1 pushed")


async def make_a_conflict_and_settle_it(visitor: Visitor) -> None:
    await visitor.begin("Make a conflict and settle it")
    await visitor.list_changes()
    await visitor.change_in_servicenow("Citizen Portal CM-7", "CM-7")
    await visitor.choose("CM-7")
    await visitor.preview()
    await expect(visitor.dialog).to_contain_text(re.compile("changed in ServiceNow by jane.roe"))
    card = await visitor.ask()
    await visitor.open_thread(card)
    await visitor.press("Keep local", visitor.thread)
    await visitor.confirm("Keep local")
    await expect(card).to_contain_text("Waiting for approval (0 of 1)")


async def break_something(visitor: Visitor) -> None:
    await visitor.begin("Break something")
    await visitor.switch_fault("Hibernating")
    await visitor.list_changes()
    await visitor.choose("SA-11")
    await visitor.press("Preview push", visitor.dialog)
    await expect(visitor.dialog).to_contain_text(re.compile("asleep|hibernating"))
    await visitor.press("Close", visitor.dialog)
    await visitor.switch_fault("Hibernating")


async def test_who_follows_the_guide_sees_every_step_ticked(demo: Demo, open_page: OpenPage):
    sandbox, bot = demo
    visitor = Visitor(await open_page(sandbox.slack_url))

    await see_what_changed(visitor)
    await ask_for_a_push(visitor)
    await approve_as_another_person(visitor)
    await make_a_conflict_and_settle_it(visitor)
    await break_something(visitor)

    await expect(visitor.guide.get_by_role("heading", name="You have seen it all")).to_be_visible()
    assert len(await visitor.done()) == 5
    written = sandbox.servicenow.writes(by=SERVICE_ACCOUNT)
    assert [write.sys_id for write in written] == [sandbox.sample.sys_id("Citizen Portal", "AT-2")]
    assert (await verify_audit(bot.core)).fault == ""
    assert sandbox.slack.calls.refused() == []
