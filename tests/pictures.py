"""Pictures of the pages for the README: `python -m tests.pictures <folder>` plays a push in headless Chromium.

Ends with 1 and a sentence when there is no Chromium, or when the picture files would be too heavy for a repository.
"""

import asyncio
import re
import shutil
import sys
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot.app import Bot, Pace
from bot.cli.demo import make_sample_edits, running_demo
from bot.evidence import evidence_page
from core.usecases.audit.evidence import push_evidence
from core.usecases.people.actors import command_line_actor
from core.usecases.requests.lookup import get_request_id
from sandbox.together import Sandbox
from tests.palette import with_palette
from tests.sandbox.web.conftest import ARGUMENTS, NAMES
from tests.visitor import Visitor

LARGEST, LARGEST_IN_ALL = 200_000, 1_500_000
# The port the demo has by itself, because the address stands on every card.
PORT = 8460
WIDE = {"width": 1180, "height": 760}
TALL = {"width": 1180, "height": 1090}
PHONE = {"width": 390, "height": 780}
# Slow enough that a push is seen under way.
SLOW_SECONDS = 0.6


class Camera:
    """Saves what a page shows, in the light or in the dark."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def take(self, page: Page, name: str, *, dark: bool = False) -> None:
        """One picture; with `dark` a second one."""
        await page.mouse.move(0, 0)
        for scheme in ("light", "dark") if dark else ("light",):
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            path = self._folder / (f"{name}-dark.png" if scheme == "dark" else f"{name}.png")
            await page.screenshot(path=path, animations="disabled", caret="hide")
        await page.emulate_media(color_scheme="light")


async def to_top(node: Locator) -> None:
    """Scrolls until the node begins where its list does."""
    await node.evaluate("node => node.scrollIntoView({ block: 'start' })")


async def settle(visitor: Visitor, camera: Camera, card: Locator) -> None:
    """The conflict in its thread, and the choice."""
    await visitor.open_thread(card)
    await visitor.page.set_viewport_size(TALL)
    await to_top(visitor.thread.get_by_role("article").filter(has_text="Two versions"))
    await to_top(card)
    await camera.take(visitor.page, "conflict", dark=True)
    await visitor.page.set_viewport_size(WIDE)
    await visitor.press("Keep local", visitor.thread)
    await visitor.confirm("Keep local")
    await expect(card).to_contain_text("Waiting for approval")


async def approve(visitor: Visitor, camera: Camera, sandbox: Sandbox) -> None:
    """The card as the approver sees it, then the push under way and done."""
    await visitor.begin("Approve as another person")
    card = visitor.messages.get_by_role("article").last
    await expect(visitor.button("Approve", card)).to_be_visible()
    await camera.take(visitor.page, "approval")
    sandbox.servicenow.latency = SLOW_SECONDS
    await visitor.press("Approve", card)
    await visitor.confirm("Approve")
    await expect(card).to_contain_text(re.compile(r"Pushing [3-9]"))
    await camera.take(visitor.page, "progress")
    sandbox.servicenow.latency = 0
    await expect(card).to_contain_text("Done")
    await camera.take(visitor.page, "result")


async def play(visitor: Visitor, camera: Camera, sandbox: Sandbox) -> None:
    """The whole push, with pictures on the way."""
    await visitor.list_changes()
    await expect(visitor.step).to_contain_text("Ask for a push")
    await camera.take(visitor.page, "list", dark=True)
    await visitor.press("Choose statements", visitor.messages)
    await visitor.press("Select all 10 that are ready", visitor.dialog)
    await expect(visitor.dialog).to_contain_text("10 chosen")
    await visitor.dialog.get_by_role("checkbox", name="RA-5 ").check()
    await expect(visitor.dialog).to_contain_text("11 chosen")
    await visitor.preview()
    await visitor.dialog.get_by_role("textbox", name="Reason").fill("Quarterly review")
    await visitor.page.locator(".modal-body").evaluate("node => node.scrollTo(0, 0)")
    await camera.take(visitor.page, "preview")
    await settle(visitor, camera, await visitor.ask())
    await approve(visitor, camera, sandbox)


async def look_around(browser: Browser, visitor: Visitor, camera: Camera, sandbox: Sandbox) -> None:
    """ServiceNow's page, and the workspace on a phone."""
    await visitor.begin("Break something")
    servicenow = await visitor.servicenow()
    await servicenow.set_viewport_size(WIDE)
    await servicenow.get_by_role("searchbox", name="Find a record").fill("Citizen Portal RA-5")
    await servicenow.get_by_role("link", name="RA-5 ").click()
    await servicenow.get_by_role("tab", name="History").click()
    await expect(servicenow.get_by_role("tabpanel", name="History").get_by_role("listitem").first).to_be_visible()
    await camera.take(servicenow, "servicenow")
    phone = await browser.new_page(viewport=PHONE, device_scale_factor=1.5)
    await phone.goto(f"{sandbox.slack_url}/?as=U0APPROVE")
    guide = phone.get_by_role("button", name="Hide the guide", exact=True)
    if await guide.is_visible():
        await guide.click()
    await expect(phone.get_by_role("article").last).to_contain_text("Done")
    await camera.take(phone, "phone")


async def evidence(browser: Browser, camera: Camera, bot: Bot) -> None:
    """The page for auditors about the push."""
    admin = await command_line_actor(bot.core, "admin@example.com", "demo")
    page = await browser.new_page(viewport=TALL)
    await page.set_content(evidence_page(await push_evidence(bot.core, admin, await get_request_id(bot.core, "1"))))
    await camera.take(page, "evidence")


async def make(chromium: str, folder: Path) -> None:
    """Start the demo and the browser, and save all pictures in the folder."""
    async with running_demo(port=PORT, pace=Pace(0.1, 0.2, 0.1)) as demo, async_playwright() as playwright:
        sandbox, bot = demo
        await make_sample_edits(sandbox, bot)
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        context = await browser.new_context(viewport=WIDE)
        page = await context.new_page()
        await page.goto(sandbox.slack_url)
        visitor, camera = Visitor(page), Camera(folder)
        await play(visitor, camera, sandbox)
        await look_around(browser, visitor, camera, sandbox)
        await evidence(browser, camera, bot)
        await browser.close()


def too_heavy(folder: Path) -> list[str]:
    """The pictures that are larger than they may be, and all of them when they are so together."""
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.png")}
    found = [f"{name}: {size:,} bytes" for name, size in sizes.items() if size > LARGEST]
    return found if sum(sizes.values()) <= LARGEST_IN_ALL else [*found, f"together: {sum(sizes.values()):,} bytes"]


def main(folder: Path) -> str | None:
    """Makes the pictures; what is wrong is given back as a sentence."""
    chromium = next((path for name in NAMES if (path := shutil.which(name))), None)
    if chromium is None:
        return f"No Chromium is on PATH (looked for {', '.join(NAMES)}): install it, and try again."
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(make(chromium, folder))
    for picture in folder.glob("*.png"):
        picture.write_bytes(with_palette(picture.read_bytes()))
    heavy = too_heavy(folder)
    return f"Too heavy: {'; '.join(heavy)}." if heavy else None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
