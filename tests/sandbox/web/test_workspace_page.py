"""The workspace page: places, messages, threads, people, and what comes in while somebody looks."""

import pytest
from playwright.async_api import Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Workspace
from tests.sandbox.web.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def composer(page: Page):
    """The field to write in, of the channel."""
    return page.get_by_role("combobox", name="Message #grc-pushes")


async def run_command(page: Page, text: str = "") -> None:
    """Type the command and send it."""
    await composer(page).fill(f"/grcpush {text}".strip())
    await composer(page).press("Enter")


async def test_a_message_is_sent_with_its_signs_and_mentions(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/?as=U0EDITOR")

    await composer(page).fill("is 1 < 2 & done, @ada?")
    await page.get_by_role("button", name="Send").click()

    said = await workspace.wait_message("is 1 &lt; 2")
    assert said.text == "is 1 &lt; 2 &amp; done, <@U0APPROVE>?"
    await expect(page.locator(".message").last).to_contain_text("is 1 < 2 & done, @ada?")
    await expect(composer(page)).to_have_value("")


async def test_typing_a_slash_offers_the_commands_and_their_words(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/?as=U0EDITOR")
    await composer(page).press_sequentially("/gr")
    await expect(page.get_by_role("option")).to_contain_text(
        ["/grcpush [list | status 42 | help]Push edited statements"]
    )

    await page.keyboard.press("Enter")

    await expect(composer(page)).to_have_value("/grcpush ")
    await expect(page.get_by_role("option")).to_have_text(["/grcpush list", "/grcpush status 42", "/grcpush help"])
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(composer(page)).to_have_value("/grcpush status ")


async def test_a_commands_answer_is_seen_by_one_person_alone(open_page: OpenPage, workspace: Workspace):
    erin = await open_page(f"{workspace.url}/?as=U0EDITOR")
    ada = await open_page(f"{workspace.url}/?as=U0APPROVE")

    await run_command(erin)

    await expect(erin.get_by_text("Only visible to you")).to_be_visible()
    await expect(erin.get_by_role("heading", name="0 chosen")).to_be_visible()
    await workspace.person("U0EDITOR").say("C0GRC", "afterwards")
    await expect(ada.locator(".message", has_text="afterwards")).to_be_visible()
    await expect(ada.get_by_role("heading", name="0 chosen")).to_have_count(0)


async def test_ticks_stay_and_keep_the_focus_while_the_bot_redraws_the_message(
    open_page: OpenPage, workspace: Workspace
):
    page = await open_page(f"{workspace.url}/?as=U0EDITOR")
    await run_command(page)
    box = page.get_by_role("checkbox", name="AC-2")
    await box.focus()

    await page.keyboard.press("Space")

    await expect(page.get_by_role("heading", name="1 chosen")).to_be_visible()
    await expect(box).to_be_checked()
    await expect(box).to_be_focused()


async def test_a_thread_opens_beside_its_channel_and_takes_replies(open_page: OpenPage, workspace: Workspace):
    parent = await workspace.person("U0EDITOR").say("C0GRC", "What about AC-2?")
    await workspace.person("U0APPROVE").say("C0GRC", "Looks fine", parent.ts)
    page = await open_page(f"{workspace.url}/?as=U0EDITOR")

    await page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("Looks fine")).to_be_visible()
    await thread.get_by_role("combobox").fill("Thanks")
    await thread.get_by_role("combobox").press("Enter")

    await expect(thread.get_by_text("Thanks")).to_be_visible()
    assert [reply.text for reply in workspace.thread("C0GRC", parent.ts)][1:] == ["Looks fine", "Thanks"]
    await page.keyboard.press("Escape")
    await expect(thread).to_have_count(0)
    await expect(page.get_by_role("button", name="2 replies")).to_be_focused()


async def test_what_comes_in_elsewhere_is_counted_until_it_is_read(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/?as=U0EDITOR")
    await expect(page.get_by_role("link", name="general", exact=True)).to_be_visible()

    await workspace.person("U0APPROVE").say("C0GENERAL", "Lunch?")

    unread = page.get_by_role("link", name="general, 1 unread")
    await unread.click()
    await expect(page.locator(".message", has_text="Lunch?")).to_be_visible()
    await expect(unread).to_have_count(0)


async def test_another_person_is_one_click_away_and_in_the_address(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/?as=U0EDITOR#C0GENERAL")
    await expect(page.get_by_role("navigation", name="Act as").get_by_role("link")).to_have_count(4)

    await page.get_by_role("link", name="Act as Ada Approver, approver").click()

    await expect(page).to_have_url(f"{workspace.url}/?as=U0APPROVE#C0GENERAL")
    await expect(page.get_by_role("link", name="Acting as Ada Approver, approver")).to_be_visible()
    await expect(page.get_by_role("heading", name="general")).to_be_visible()


async def test_times_are_those_of_the_person_not_of_the_browser(open_page: OpenPage, workspace: Workspace):
    said = await workspace.person("U0EDITOR").say("C0GRC", "What time is it?")
    clocks = []

    for person in ("U0EDITOR", "U0ADMIN"):
        page = await open_page(f"{workspace.url}/?as={person}", timezone_id="America/Los_Angeles")
        message = page.locator(f'[data-ts="{said.ts}"]')
        clocks.append(await message.locator("time").inner_text())

    berlin, tokyo = (int(clock.split(":")[0]) for clock in clocks)
    assert (tokyo - berlin) % 24 in (7, 8)  # eight hours apart, seven in summer


async def test_a_refused_call_of_the_app_is_shown(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/?as=U0EDITOR")

    await run_command(page, "refused")

    notice = page.get_by_role("region", name="Notices")
    await expect(notice).to_contain_text("Slack refused a call of the app")
    await expect(notice).to_contain_text("not_in_channel")


async def test_a_command_the_app_does_not_answer_stays_in_the_field(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/?as=U0EDITOR")

    await run_command(page, "silence")

    await expect(page.get_by_role("region", name="Notices")).to_contain_text("/grcpush silence did not run")
    await expect(composer(page)).to_have_value("/grcpush silence")


async def test_a_click_the_app_does_not_take_is_told_once(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/?as=U0EDITOR")
    await run_command(page)
    await expect(page.get_by_role("heading", name="0 chosen")).to_be_visible()
    workspace.bot_url = None

    await page.get_by_role("button", name="Preview push").click()

    notice = page.get_by_role("region", name="Notices")
    await expect(notice).to_contain_text("The click did not arrive")
    await expect(notice).to_contain_text("No app is connected to this workspace yet.")
    await page.wait_for_timeout(1500)  # the event about the same failure has come by now
    await expect(notice.locator(".toast")).to_have_count(1)


async def test_home_is_drawn_when_it_is_opened(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/?as=U0APPROVE")

    await page.get_by_role("link", name="grcpush Home").click()

    await expect(page.get_by_role("heading", name="Waiting for me")).to_be_visible()
    assert workspace.home("U0APPROVE") is not None


async def test_the_page_finds_its_way_back_after_the_stream_broke(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/?as=U0EDITOR")
    await expect(composer(page)).to_be_visible()
    await page.route("**/sandbox/api/events**", lambda route: route.abort())
    streams, workspace.feed._streams = workspace.feed._streams, []
    for _, stream in streams:
        stream.put_nowait(None)
    await expect(page.get_by_text("Reconnecting…")).to_be_visible()
    await workspace.person("U0APPROVE").say("C0GRC", "You missed this")

    await page.unroute("**/sandbox/api/events**")

    await expect(page.locator(".message", has_text="You missed this")).to_be_visible()
    await expect(page.get_by_text("Reconnecting…")).to_have_count(0)


async def test_on_a_phone_the_places_are_a_drawer_and_nothing_overflows(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/?as=U0EDITOR", width=360, height=740)
    await run_command(page)
    await expect(page.get_by_role("heading", name="0 chosen")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 360

    await page.get_by_role("button", name="Channels").click()
    await page.get_by_role("link", name="partners").click()

    await expect(page.get_by_role("heading", name="partners")).to_be_visible()
    await expect(page.get_by_role("link", name="general")).to_be_hidden()


async def test_a_reply_the_bot_redraws_is_redrawn_in_the_open_thread(open_page: OpenPage, workspace: Workspace):
    parent = await workspace.person("U0EDITOR").say("C0GRC", "A conflict?")
    client = AsyncWebClient(workspace.bot_token, base_url=f"{workspace.url}/api/")
    reply = await client.chat_postMessage(channel="C0GRC", thread_ts=parent.ts, text="Keep local?")
    page = await open_page(f"{workspace.url}/?as=U0EDITOR#C0GRC/{parent.ts}")
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("Keep local?")).to_be_visible()

    await client.chat_update(channel="C0GRC", ts=reply["ts"], text="Kept local")

    await expect(thread.get_by_text("Kept local")).to_be_visible()
