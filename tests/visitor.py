"""Somebody at the sandbox's pages: does what the card of first steps says, by clicking and typing alone."""

import re

from playwright.async_api import Locator, Page, expect

# The slowest step is a push that is written and read back; everything else is there at once.
PATIENCE = 60_000


class Visitor:
    """A window on the workspace, and a second one on ServiceNow once it is opened."""

    def __init__(self, page: Page) -> None:
        page.context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.page = page
        self.guide = page.get_by_role("region", name="Getting started")
        self.step = self.guide.locator("[aria-current=step]")
        self.messages = page.get_by_role("region", name="Messages in")
        self.thread = page.get_by_role("complementary", name="Thread")
        self.dialog = page.locator("dialog.modal")
        self._instance: Page | None = None

    async def done(self) -> list[str]:
        """The titles of the steps that are ticked."""
        return await self.guide.locator(".guide-step-done .guide-title").all_inner_texts()

    async def begin(self, title: str) -> None:
        """Waits until this step is the one to do, and acts as the person it asks for."""
        await expect(self.step.locator(".guide-title")).to_have_text(title)
        other = self.step.get_by_role("link", name="Act as")
        if await other.count():
            await other.click()
            await expect(self.step).to_be_visible()
            await expect(other).to_have_count(0)

    def button(self, words: str, within: Locator) -> Locator:
        """The newest button there that shows these words; its spoken name may say more."""
        return within.get_by_role("button").filter(has_text=re.compile(f"^{re.escape(words)}$")).last

    async def press(self, words: str, within: Locator) -> None:
        """Presses that button."""
        await self.button(words, within).click()

    async def confirm(self, words: str) -> None:
        """Answers the question that came up."""
        await self.page.get_by_role("alertdialog").get_by_role("button", name=words, exact=True).click()

    async def list_changes(self) -> None:
        """Types the command and waits for the list."""
        lists = self.messages.get_by_role("article").filter(has_text="changed since the last push")
        before = await lists.count()
        await self.page.get_by_role("combobox", name="Message #grc-pushes").fill("/grcpush")
        await self.page.keyboard.press("Enter")
        await expect(lists).to_have_count(before + 1)

    async def choose(self, *controls: str) -> None:
        """Opens the form of the newest list and ticks the statements of these controls."""
        await self.press("Choose statements", self.messages)
        for count, control in enumerate(controls, 1):
            await self.dialog.get_by_role("checkbox", name=f"{control} ").check()
            # The app draws the form anew with each tick.
            await expect(self.dialog).to_contain_text(f"{count} chosen")

    async def preview(self) -> None:
        """Presses the form's button and waits for the preview."""
        await self.press("Preview push", self.dialog)
        await expect(self.button("Ask for approval", self.dialog)).to_be_visible()

    async def ask(self) -> Locator:
        """Asks for the push and closes the form; gives the new card."""
        await self.press("Ask for approval", self.dialog)
        title = self.dialog.get_by_role("heading", name=re.compile(r"Push request #\d+"))
        number = await title.inner_text()
        await self.press("Close", self.dialog)
        await expect(self.dialog).to_be_hidden()
        card = self.messages.get_by_role("article").filter(has_text=f"{number} ·")
        await expect(card).to_be_visible()
        return card

    async def open_thread(self, card: Locator) -> None:
        """Opens the thread under a card."""
        await card.get_by_role("button", name="Last reply").click()
        await expect(self.thread).to_be_visible()

    async def servicenow(self) -> Page:
        """The ServiceNow page in front: opened by the guide's link, or the window already open."""
        if self._instance is None:
            async with self.page.expect_popup() as opened:
                await self.step.get_by_role("link", name="ServiceNow page").click()
            self._instance = await opened.value
        await self._instance.bring_to_front()
        return self._instance

    async def change_in_servicenow(self, words: str, control: str) -> None:
        """Finds the record by these words there, lets the page write a sentence into its text, and comes back."""
        page = await self.servicenow()
        await page.get_by_role("searchbox", name="Find a record").fill(words)
        await page.get_by_role("link", name=f"{control} ").click()
        for pressed in ("Change the text", "Write a sentence for me", "Save"):
            await page.get_by_role("button", name=pressed).click()
        await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
        await self.come_back()

    async def switch_fault(self, title: str) -> None:
        """Turns a fault on or off on the ServiceNow page, and comes back."""
        page = await self.servicenow()
        switch = page.get_by_role("switch", name=title, exact=True)
        was = await switch.get_attribute("aria-checked")
        await switch.click()
        await expect(switch).not_to_have_attribute("aria-checked", str(was))
        await self.come_back()

    async def come_back(self) -> None:
        """Brings the workspace to the front: Chromium slows a window in the background down."""
        await self.page.bring_to_front()
