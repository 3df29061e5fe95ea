"""How text is drawn, and that no text can become more than text."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.async_api import Page

from sandbox.slack import Workspace
from tests.sandbox.web.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

DRAW = """async ([module, name, text]) => {
  const drawing = await import(`/sandbox/web/js/${module}.js`);
  const { Directory } = await import("/sandbox/web/js/directory.js");
  const answer = await fetch("/sandbox/web/gallery/directory.json");
  const place = document.createElement("div");
  place.append(drawing[name](text, new Directory(await answer.json())));
  return place.innerHTML;
}"""

STYLES = {
    "*bold*": "<strong>bold</strong>",
    "a *bold* word": "a <strong>bold</strong> word",
    "_it_ ~no~": "<em>it</em> <s>no</s>",
    "*_both_*": "<strong><em>both</em></strong>",
    "snake_case_word": "snake_case_word",
    "2*3*4": "2*3*4",
    "* not bold*": "* not bold*",
    "*a\nb*": "*a<br>b*",
    "`*code*`": "<code>*code*</code>",
    "```\na < b\n```": "<pre><code>a &lt; b</code></pre>",
    "> quoted\nplain": "<blockquote>quoted</blockquote>plain",
    "&gt; quoted": "<blockquote>quoted</blockquote>",
    ">>> all\nof it": "<blockquote>all<br>of it</blockquote>",
    "&lt;b&gt; &amp;amp;": "&lt;b&gt; &amp;amp;",
    "<javascript:alert(1)|click>": "click",
    "a < b > c": "a &lt; b &gt; c",
    "<!date^x^{date}|soon>": "soon",
    ":nosuch:": ":nosuch:",
}


async def test_mrkdwn_is_drawn_as_slack_draws_it(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/sandbox/web/gallery.html")

    drawn = {text: await page.evaluate(DRAW, ["text/mrkdwn", "mrkdwn", text]) for text in STYLES}

    assert drawn == STYLES


async def test_names_stand_for_ids_and_links_open_elsewhere(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/sandbox/web/gallery.html")

    drawn = await page.evaluate(
        DRAW, ["text/mrkdwn", "mrkdwn", "<@U0APPROVE> <#C0GRC> <https://example.com/?a=1&amp;b=2|there>"]
    )

    assert "@ada</span>" in drawn
    assert '<a class="mention" href="#C0GRC">#grc-pushes</a>' in drawn
    assert 'href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">there</a>' in drawn


async def test_dates_are_shown_in_the_readers_zone(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/sandbox/web/gallery.html", timezone_id="America/Los_Angeles")

    drawn = await page.evaluate(DRAW, ["text/mrkdwn", "mrkdwn", "<!date^1751450400^{date_short} {time}|x>"])

    # 10:00 UTC is noon in Berlin, where the reader of the gallery lives, wherever the browser stands.
    assert ">Jul 2, 2025 12:00<" in drawn


async def test_permalinks_of_the_workspace_lead_to_the_place_on_the_page(open_page: OpenPage, workspace: Workspace):
    page = await open_page(f"{workspace.url}/sandbox/web/gallery.html")
    base = "<https://acme-compliance.slack.com/archives/C0GRC/p1751450400000100"

    message = await page.evaluate(DRAW, ["text/mrkdwn", "mrkdwn", f"{base}|here>"])
    reply = await page.evaluate(DRAW, ["text/mrkdwn", "mrkdwn", f"{base}?thread_ts=1751450300.000200|here>"])

    assert message == '<a href="#C0GRC/1751450400.000100">here</a>'
    assert reply == '<a href="#C0GRC/1751450300.000200">here</a>'


SAFE_TAGS = "a b br blockquote code del div em h1 hr i ins li ol p pre s span strong time u ul"
UNSAFE = """async ([texts, tags]) => {
  const { mrkdwn } = await import("/sandbox/web/js/text/mrkdwn.js");
  const { markdown } = await import("/sandbox/web/js/text/markdown.js");
  const { drawHtml } = await import("/sandbox/web/js/servicenow/safe_html.js");
  const { Directory } = await import("/sandbox/web/js/directory.js");
  const names = new Directory(await (await fetch("/sandbox/web/gallery/directory.json")).json());
  const draw = [(text) => mrkdwn(text, names), (text) => markdown(text, names), drawHtml];
  const bad = [];
  for (const text of texts) for (const one of draw) {
    const place = document.createElement("div");
    place.append(one(text));
    for (const node of place.querySelectorAll("*")) {
      const isLink = node.tagName !== "A" || !node.href || /^(https?|mailto|tel|slack):/.test(node.protocol + "");
      const hasHandler = [...node.attributes].some((attribute) => attribute.name.startsWith("on") || attribute.name === "srcdoc");
      if (!tags.includes(node.tagName.toLowerCase()) || !isLink || hasHandler) bad.push([text, node.outerHTML]);
    }
  }
  return bad;
}"""

MARKS = ["<", ">", "|", "&lt;", "*", "_", "~", "`", "```", "\n", "[", "](", ")", "- ", "# ", " ", "word", ":tada:"]
ADDRESSES = ["javascript:alert(1)", "https://a.b", "data:text/html,x", "<!date^1^{date}^javascript:x|y>", "<@U0EDITOR>"]
ELEMENTS = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<a href='javascript:x'>y</a>",
    "<svg onload=alert(1)>",
]
PIECES = st.sampled_from([*MARKS, *ADDRESSES, *ELEMENTS])


def _hostile() -> list[str]:
    texts: list[str] = []

    @settings(max_examples=300)
    @given(st.lists(PIECES, max_size=12).map("".join))
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    return texts


async def test_no_text_becomes_anything_that_runs(open_page: OpenPage, workspace: Workspace):
    page: Page = await open_page(f"{workspace.url}/sandbox/web/gallery.html")
    texts = _hostile()

    bad = await page.evaluate(UNSAFE, [texts, SAFE_TAGS.split()])

    assert len(texts) >= 300
    assert bad == [], json.dumps(bad[:3])
