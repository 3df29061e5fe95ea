"""A headless browser, and pages in it that fail their test when a script on them fails."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from sandbox.slack import Workspace
from tests.sandbox.web.bot import serve_bot
from tests.visitor import PATIENCE

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# What the browser logs by itself: a refused call, which is an answer to be shown, and a hostile text that it disarmed.
EXPECTED = ("Failed to load resource", "Executing inline event handler violates")

OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is; its tests are skipped where there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no browser found on PATH (looked for {', '.join(NAMES)})")
    return found


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One browser for the tests of a module."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


class Complaints(list[str]):
    """What went wrong on the pages of one test."""

    def watch(self, page: Page) -> None:
        """Note every uncaught error and every error in the console."""
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            self.append(message.text)


@pytest_asyncio.fixture(loop_scope="module")
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Opens an address in a browser profile of the test's own; the test fails if a script there failed."""
    complaints = Complaints()
    contexts = []

    async def open_page(url: str, *, width: int = 1280, height: int = 860, **settings: Any) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": height}, **settings)
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        contexts.append(context)
        page = await context.new_page()
        complaints.watch(page)
        await page.goto(url)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="module")
async def workspace() -> AsyncIterator[Workspace]:
    """The stand-in workspace, served, with a small bot in it."""
    workspace = Workspace()
    async with workspace.running(), serve_bot(workspace):
        yield workspace
