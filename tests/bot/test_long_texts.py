"""A statement of 32,000 characters delays nobody: whatever is done with it, the event loop goes on turning.

The bot runs in a thread with a loop of its own, so that the work of the stand-ins, which share this process, does not
count. What is measured is the processor time of that thread between two turns of its loop: neither other processes nor
a slow disk count, and work that was handed to another thread does not either.
"""

import asyncio
import contextlib
import gc
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx

from bot.actions import Action, Callback
from bot.local import open_core
from core.config import Settings
from core.domain.actor import Role
from core.text.content import TextKind, fingerprint
from core.usecases.people.tokens import TokenWish, create_token
from core.usecases.statements.edits import get_statement
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from sandbox.slack import Message, Workspace
from tests.cast import meet_everybody
from tests.stage import APPROVER, CHANNEL, REQUESTER, served_bot

LONGEST_TURN_SECONDS = 0.1
"""A tenth of it is measured. On a machine on which one fingerprint of the text takes long, six of those are allowed."""
NAME = "Payroll Cloud/AC-3"
PATIENCE = 60


def words(count: int) -> str:
    return " ".join(f"word{number * 7919 % 10_007}" for number in range(count))


def long_statement() -> str:
    """One paragraph of 8,000 characters, fifty usual ones, and a table of 120 rows: what is slow, each in its way."""
    paragraphs = "".join(f"<p>Paragraph {number}: {words(10)}.</p>" for number in range(50))
    rows = "".join(f"<tr><td>{number}</td><td>{words(12)}</td></tr>" for number in range(120))
    return f"<p>{words(900)}</p>{paragraphs}<table><tbody>{rows}</tbody></table>"


def rewritten(html: str, every: int, word: str) -> str:
    """The text with every n-th word another one."""
    return " ".join(
        word if number % every == every // 2 and part.startswith("word") and "<" not in part else part
        for number, part in enumerate(html.split(" "))
    )


def fingerprint_seconds(html: str) -> float:
    """The processor time of the one thing that every save and check must do with a text."""
    began = time.thread_time()
    fingerprint(html, TextKind.HTML)
    return time.thread_time() - began


@dataclass
class Watch:
    """The longest time that one turn of a loop took, in seconds of its own thread's processor time."""

    longest: float = 0.0
    stopping: threading.Event = field(default_factory=threading.Event)

    async def run(self) -> None:
        last = time.thread_time()
        while not self.stopping.is_set():
            await asyncio.sleep(0.001)
            now = time.thread_time()
            self.longest, last = max(self.longest, now - last), now


@contextlib.asynccontextmanager
async def watched_bot(settings: Settings, slack: Workspace) -> AsyncIterator[Watch]:
    """The bot in its thread, pulled and known to the workspace; the watch begins when it is up."""
    watch, up, failures = Watch(), threading.Event(), list[BaseException]()

    async def play() -> None:
        async with served_bot(settings, slack):
            # As `serve` does; the collector must not walk over everything that the tests of this process have loaded.
            gc.collect()
            gc.freeze()
            up.set()
            await watch.run()

    def thread() -> None:
        try:
            asyncio.run(play())
        except BaseException as error:  # noqa: BLE001 -- raised again below, in the test's own thread
            failures.append(error)
            up.set()

    running = threading.Thread(target=thread)
    running.start()
    await asyncio.to_thread(up.wait, PATIENCE)
    try:
        if not failures:
            yield watch
    finally:
        watch.stopping.set()
        await asyncio.to_thread(running.join, PATIENCE)
        gc.unfreeze()
    if failures:
        raise failures[0]


async def test_nothing_that_is_done_with_a_long_statement_holds_the_event_loop(
    bot_settings: Settings, slack: Workspace, servicenow: ServiceNow, sample: Sample
) -> None:
    sys_id, html = sample.sys_id("Payroll Cloud", "AC-3"), long_statement()
    servicenow.edit(STATEMENTS, sys_id, STATEMENT_FIELD, html, by="jane.roe")
    async with watched_bot(bot_settings, slack) as watch, open_core(bot_settings) as core:
        cast = await meet_everybody(core)
        token = await create_token(core, cast.admin, TokenWish("editor@example.com", (Role.EDITOR,), "test", 1))
        statement = await get_statement(core, NAME)
        local = rewritten(html, 7, "local")
        async with httpx.AsyncClient(trust_env=False) as client:
            assert slack.bot_url is not None
            saved = await client.put(
                str(httpx.URL(slack.bot_url).join(f"/api/v1/statements/{statement.id}/local")),
                json={"content": local},
                headers={"Authorization": f"Bearer {token}", "If-Match": f'"{statement.row_version}"'},
            )
        assert saved.status_code == httpx.codes.OK, saved.text
        servicenow.edit(STATEMENTS, sys_id, STATEMENT_FIELD, rewritten(html, 5, "remote"), by="jane.roe")
        card = await ask_for_a_push(slack)
        await settle_and_push(slack, card)

    assert 25_000 < len(html) <= 32_000
    assert servicenow.get(STATEMENTS, sys_id)[STATEMENT_FIELD] == local
    assert watch.longest < max(LONGEST_TURN_SECONDS, 6 * fingerprint_seconds(html)), (
        f"the loop was held for {watch.longest * 1000:.0f} ms"
    )


async def ask_for_a_push(slack: Workspace) -> Message:
    """From the list over the preview, the whole change and the edit form to the request."""
    ravi = slack.person(REQUESTER)
    await ravi.command("/grcpush", "AC-3", channel=CHANNEL)
    listing = await slack.wait_ephemeral(REQUESTER, "Tick what to push")
    await ravi.click(listing, Action.PREVIEW_PUSH)
    preview = await slack.wait_view(REQUESTER, "1 conflict", callback_id=Callback.PREVIEW)
    for entry in ("View change", "Edit"):
        await ravi.click(preview, Action.LINE_MENU, option=entry)
        await slack.wait_for(lambda: ravi.modal() is not preview and "Loading" not in ravi.modal().words)
        await ravi.close(ravi.modal())
    await ravi.submit(preview)
    card = await slack.wait_message("Push request #", channel=CHANNEL)
    await slack.wait_for(lambda: "to settle" in ravi.modal().words)
    await ravi.close(ravi.modal(), clear_all=True)
    return card


async def settle_and_push(slack: Workspace, card: Message) -> None:
    """The conflict and all its forms, the review, the approval, and the push to its end."""
    ravi = slack.person(REQUESTER)
    reply = await slack.wait_message("Two versions", thread_ts=card.ts)
    for where, action in ((card, Action.REVIEW), (reply, Action.WRITE_MERGE)):
        await ravi.click(where, action)
        await slack.wait_for(lambda: "Loading" not in ravi.modal().words)
        await ravi.close(ravi.modal(), clear_all=True)
    await ravi.click(reply, Action.KEEP_LOCAL)
    await slack.wait_for(lambda: "Waiting for approval" in card.words)
    await slack.person(APPROVER).click(card, Action.APPROVE)
    await slack.wait_for(lambda: "1 pushed" in card.words)
