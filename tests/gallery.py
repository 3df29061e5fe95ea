"""Every drawing as a person sees it: `python -m tests.gallery <folder> [WORDS…]` posts each golden and takes pictures.

In the light and in the dark, on a desk and on a phone; with WORDS only the drawings whose names begin with one of them.
"""

import asyncio
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, async_playwright, expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Workspace
from tests.sandbox.web.conftest import ARGUMENTS, NAMES
from tests.visitor import PATIENCE

GOLDEN = Path(__file__).parent / "views" / "golden"
LOOKER, CHANNEL = "U0REQUEST", "C0GRC"
# Taller than anything that is drawn, so that nothing has to be scrolled to.
SIZES = {"desk": {"width": 1180, "height": 2400}, "phone": {"width": 400, "height": 2400}}
# A modal is as tall as it need be: what lies below its fold is to be seen too.
UNFOLDED = ".modal { max-height: none !important; } .modal-body { overflow: visible !important; }"


class Show:
    """One window on the workspace, in one size and colour."""

    def __init__(self, page: Page, folder: Path, kind: str) -> None:
        self._page = page
        self._folder = folder
        self._kind = kind
        self._messages = page.get_by_role("region", name="Messages in").get_by_role("article")
        self._modal = page.locator("dialog.modal")

    async def clear(self) -> None:
        """Wait until nothing of the drawing before is left."""
        await self._page.evaluate("place => { location.hash = place }", CHANNEL)
        await expect(self._modal).to_be_hidden()
        await expect(self._messages).to_have_count(0)

    async def take(self, name: str, drawn: dict[str, Any]) -> None:
        """A picture of what was just put into the workspace."""
        node = await self._node(drawn)
        await expect(node).to_be_visible()
        await self._page.evaluate("document.activeElement.blur()")
        path = self._folder / f"{name}-{self._kind}.png"
        await node.screenshot(path=path, animations="disabled", caret="hide")

    async def _node(self, drawn: dict[str, Any]) -> Locator:
        if drawn.get("type") == "modal":
            return self._modal
        if drawn.get("type") != "home":
            return self._messages
        await self._page.evaluate("location.hash = 'home'")
        await expect(self._page.locator(".home-body .block").first).to_be_visible()
        return self._page.locator(".home-body")


async def open_shows(browser: Browser, url: str, folder: Path) -> list[Show]:
    """A window for each size and colour."""
    shows = []
    for size, viewport in SIZES.items():
        for scheme in ("light", "dark"):
            context = await browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
            context.set_default_timeout(PATIENCE)
            expect.set_options(timeout=PATIENCE)
            page = await context.new_page()
            await page.goto(f"{url}/?as={LOOKER}#{CHANNEL}")
            await page.add_style_tag(content=UNFOLDED)
            shows.append(Show(page, folder, f"{size}-{scheme}"))
    return shows


async def clear(workspace: Workspace, shows: Sequence[Show]) -> None:
    """Take away what was put there before."""
    for view in workspace.views(LOOKER):
        await workspace.person(LOOKER).close(view, clear_all=True)
    for message in workspace.messages(CHANNEL):
        workspace.posting.remove(message)
    for show in shows:
        await show.clear()


async def put(workspace: Workspace, client: AsyncWebClient, drawn: dict[str, Any]) -> None:
    """Put a drawing into the workspace by the calls that the bot makes."""
    if drawn.get("type") == "modal":
        await client.views_open(trigger_id=workspace.tickets.new_trigger(LOOKER), view=drawn)
    elif drawn.get("type") == "home":
        await client.views_publish(user_id=LOOKER, view=drawn)
    else:
        await client.chat_postMessage(channel=CHANNEL, **drawn)


async def make(chromium: str, folder: Path, wanted: Sequence[str]) -> None:
    """Take every picture that is wanted."""
    workspace = Workspace()
    async with workspace.running() as url, async_playwright() as playwright:
        client = AsyncWebClient(workspace.bot_token, base_url=f"{url}/api/")
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        shows = await open_shows(browser, url, folder)
        for path in sorted(GOLDEN.glob("*.json")):
            if wanted and not path.stem.startswith(tuple(wanted)):
                continue
            drawn = json.loads(path.read_text(encoding="utf-8"))
            await clear(workspace, shows)
            await put(workspace, client, drawn)
            for show in shows:
                await show.take(path.stem, drawn)
        await browser.close()


def main(folder: Path, wanted: Sequence[str]) -> str | None:
    """Makes the pictures; what is missing is given back as a sentence."""
    chromium = next((path for name in NAMES if (path := shutil.which(name))), None)
    if chromium is None:
        return f"No Chromium is on PATH (looked for {', '.join(NAMES)}): install it, and try again."
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(make(chromium, folder, wanted))
    return None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
