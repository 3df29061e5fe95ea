"""Every block kind in every state is drawn, named for screen readers, and fits a phone."""

import json
from pathlib import Path

import pytest

import sandbox
from sandbox.slack import Workspace
from tests.sandbox.web.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

GALLERY = Path(sandbox.__file__).parent / "web" / "gallery"
PAGES = [json.loads(path.read_text()) for path in sorted(GALLERY.glob("*.json"))]
EXAMPLES = [example for page in PAGES for example in page.get("examples", [])]
UNDRAWN = "kinds nobody draws here"

NAMELESS = """() => [...document.querySelectorAll("button, a, input, textarea, select, [role=listbox], [role=menu]")]
  .filter((node) => {
    const named = node.getAttribute("aria-label") || node.textContent.trim() || node.closest("label")?.textContent.trim();
    const ids = (node.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean);
    return !named && !ids.some((id) => document.getElementById(id)?.textContent.trim());
  })
  .map((node) => node.outerHTML)"""

DANGLING = """() => [...document.querySelectorAll("[aria-labelledby], [aria-describedby], [aria-controls]")]
  .flatMap((node) => ["aria-labelledby", "aria-describedby", "aria-controls"].flatMap((name) =>
    (node.getAttribute(name) || "").split(" ").filter((id) => id && !document.getElementById(id)).map((id) => `${name}=${id}`)))"""

# The contrast that WCAG 2 asks of ordinary text.
LEAST_CONTRAST = 4.5
FAINT = """(least) => {
  const channel = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = numbers(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] > 0.99) return color;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest("[disabled], .spoken")) continue;
    const [a, b] = [light(numbers(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < least) faint.push(`${contrast.toFixed(2)} ${walker.currentNode.data.trim()}`);
  }
  return faint;
}"""


async def test_every_example_is_drawn_whole(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/sandbox/web/gallery.html")
    await page.wait_for_selector("#gallery[aria-busy=false]")

    assert await page.locator(".example").count() == len(EXAMPLES)
    for example in EXAMPLES:
        drawn = page.locator(f'.example[data-example="{example["name"]}"]')
        assert await drawn.locator(".block").count() == len(example["blocks"]), example["name"]
        undrawn = await drawn.locator(".cannot-draw").all_inner_texts()
        assert bool(undrawn) == (example["name"] == UNDRAWN), (example["name"], undrawn)


async def test_every_control_has_a_name_and_every_reference_a_target(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/sandbox/web/gallery.html")
    await page.wait_for_selector("#gallery[aria-busy=false]")

    assert await page.evaluate(NAMELESS) == []
    assert await page.evaluate(DANGLING) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_is_readable_on_its_ground(open_page: OpenPage, workspace: Workspace, scheme: str):
    page = await open_page(f"{workspace.url}/sandbox/web/gallery.html", color_scheme=scheme)
    await page.wait_for_selector("#gallery[aria-busy=false]")

    assert await page.evaluate(FAINT, LEAST_CONTRAST) == []


async def test_nothing_is_wider_than_a_small_phone(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/sandbox/web/gallery.html", width=360, height=740)
    await page.wait_for_selector("#gallery[aria-busy=false]")

    assert await page.evaluate("document.documentElement.scrollWidth") == 360


async def test_a_refused_value_is_told_at_its_field(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/sandbox/web/gallery.html")
    field = page.locator('[data-example="refused values"]').get_by_role("textbox", name="Reason")

    assert await field.get_attribute("aria-invalid") == "true"
    described = await field.evaluate(
        "node => document.getElementById(node.getAttribute('aria-describedby').split(' ')[0]).textContent"
    )
    assert described == "Please give a reason of at least ten characters."


async def test_the_theme_switch_is_kept(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/sandbox/web/gallery.html", color_scheme="light")

    await page.get_by_role("button", name="Use the dark colours").click()
    await page.reload()

    await page.get_by_role("button", name="Use the light colours").wait_for()
    assert await page.locator("html").get_attribute("data-theme") == "dark"
