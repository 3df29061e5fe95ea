"""Changes that every reader can see: of words, of structure, of look, and of content that cannot be carried."""

import random
import re
from collections.abc import Callable

from bs4 import BeautifulSoup, Tag

from tests.text.changes import WORD, Transform, in_one_text, on_tag, soup_of, texts_of


def _swap_neighbours(html: str, chance: random.Random) -> str | None:
    soup = soup_of(html)
    pairs = []
    for tag in soup.find_all(["p", "li", "td", "tr"]):
        after = tag.find_next_sibling(tag.name)
        if after and tag.get_text(" ", strip=True) != after.get_text(" ", strip=True):
            pairs.append((tag, after))
    if not pairs:
        return None
    tag, after = chance.choice(pairs)
    tag.replace_with(stand_in := soup.new_tag("hr"))
    after.replace_with(tag)
    stand_in.replace_with(after)
    return str(soup)


def _join_paragraphs(html: str, chance: random.Random) -> str | None:
    joints = list(re.finditer(r"</p>\s*<p>", html))
    if not joints:
        return None
    joint = chance.choice(joints)
    return html[: joint.start()] + " " + html[joint.end() :]


def _repeat(tag: Tag, _: BeautifulSoup) -> None:
    copy = soup_of(str(tag))
    tag.insert_after(copy)


def _deeper(tag: Tag, soup: BeautifulSoup) -> None:
    wrapper, item = soup.new_tag("ul"), soup.new_tag("li")
    tag.replace_with(item)
    item.append(wrapper)
    wrapper.append(tag)


def _style(value: str) -> Callable[[Tag, BeautifulSoup], None]:
    def change(tag: Tag, _: BeautifulSoup) -> None:
        tag["style"] = f"{tag.get('style', '')}; {value}"

    return change


def _named(name: str) -> Callable[[Tag, BeautifulSoup], None]:
    def change(tag: Tag, _: BeautifulSoup) -> None:
        tag.name = name

    return change


def _attribute(name: str, value: str) -> Callable[[Tag, BeautifulSoup], None]:
    def change(tag: Tag, _: BeautifulSoup) -> None:
        tag[name] = value

    return change


def _word_wrapped(tag: str, attributes: str = "") -> Transform:
    def change(html: str, chance: random.Random) -> str | None:
        soup = soup_of(html)
        free = [
            node
            for node in texts_of(soup, WORD)
            if node.find_parent(["strong", "b", "em", "s", "u", "sup", "sub", "code", "a"]) is None
        ]
        if not free:
            return None
        node = chance.choice(free)
        match = chance.choice(list(re.finditer(WORD, str(node))))
        start, end = "\ue000", "\ue001"
        node.replace_with(str(node)[: match.start()] + start + match[0] + end + str(node)[match.end() :])
        return str(soup).replace(start, f"<{tag}{attributes}>").replace(end, f"</{tag}>")

    return change


def _after_word(markup: str) -> Transform:
    return lambda html, chance: in_one_text(html, chance, WORD, lambda match: match[0] + markup)


SEMANTIC: dict[str, Transform] = {
    "word replaced": lambda html, chance: in_one_text(html, chance, WORD, lambda m: "replaced"),
    "word deleted": lambda html, chance: in_one_text(html, chance, WORD, lambda m: ""),
    "not inserted": lambda html, chance: in_one_text(html, chance, WORD, lambda m: f"not {m[0]}"),
    "letter case": lambda html, chance: in_one_text(html, chance, WORD, lambda m: m[0].swapcase()),
    "number": lambda html, chance: in_one_text(html, chance, r"\d+", lambda m: str(int(m[0]) + 1)),
    "full stop": lambda html, chance: in_one_text(html, chance, r"\.(?=\s|$)", lambda m: ";"),
    "words glued": lambda html, chance: in_one_text(html, chance, r"(?<=\w) (?=\w)", lambda m: ""),
    "line broken": lambda html, chance: in_one_text(html, chance, r"(?<=\w) (?=\w)", lambda m: "<br>"),
    "text turned round": _after_word("\u202e"),
    "block deleted": lambda html, chance: on_tag(html, chance, ["p", "li", "tr"], lambda tag, _: tag.decompose()),
    "block repeated": lambda html, chance: on_tag(html, chance, ["p", "li", "tr"], _repeat),
    "neighbours swapped": _swap_neighbours,
    "paragraphs joined": _join_paragraphs,
    "paragraph made heading": lambda html, chance: on_tag(html, chance, ["p"], _named("h3")),
    "paragraph made quotation": lambda html, chance: on_tag(html, chance, ["p"], lambda tag, soup: tag.wrap(soup.new_tag("blockquote"))),
    "bullets made numbers": lambda html, chance: on_tag(html, chance, ["ul"], _named("ol")),
    "numbers made bullets": lambda html, chance: on_tag(html, chance, ["ol"], _named("ul")),
    "numbering restarted": lambda html, chance: on_tag(html, chance, ["ol"], _attribute("start", "7")),
    "numbering in letters": lambda html, chance: on_tag(html, chance, ["ol"], _attribute("type", "i")),
    "item renumbered": lambda html, chance: on_tag(html, chance, ["li"], _attribute("value", "77")),
    "item one level deeper": lambda html, chance: on_tag(html, chance, ["li"], _deeper),
    "word in bold": _word_wrapped("strong"),
    "word in italics": _word_wrapped("em"),
    "word struck": _word_wrapped("s"),
    "word underlined": _word_wrapped("u"),
    "word raised": _word_wrapped("sup"),
    "word lowered by style": _word_wrapped("span", ' style="VERTICAL-ALIGN: Sub"'),
    "word as code": _word_wrapped("kbd"),
    "word linked": _word_wrapped("a", ' href="https://a.example/new"'),
    "link target": lambda html, chance: on_tag(html, chance, ["a"], _attribute("href", "https://b.example/other")),
    "link title": lambda html, chance: on_tag(html, chance, ["a"], _attribute("title", "another tip")),
    "cells joined": lambda html, chance: on_tag(html, chance, ["td"], _attribute("colspan", "2")),
    "cell made head": lambda html, chance: on_tag(html, chance, ["td"], _named("th")),
}  # fmt: skip

STYLE_ONLY: dict[str, Transform] = {
    "word coloured": _word_wrapped("span", ' style="color: #c00"'),
    "word marked": _word_wrapped("span", ' style="background-color: yellow"'),
    "word highlighted": _word_wrapped("mark"),
    "word larger": _word_wrapped("span", ' style="font-size: 18pt"'),
    "block aligned": lambda html, chance: on_tag(html, chance, ["p", "li", "td"], _style("text-align: right")),
    "block indented": lambda html, chance: on_tag(html, chance, ["p", "li", "td"], _style("padding-left: 40px")),
    "block coloured": lambda html, chance: on_tag(html, chance, ["p", "li", "td"], _style("background-color: #fee")),
    "right to left by style": lambda html, chance: on_tag(html, chance, ["p", "li", "td"], _style("direction: rtl")),
    "right to left": lambda html, chance: on_tag(html, chance, ["p", "li", "td"], _attribute("dir", "rtl")),
}  # fmt: skip

NOT_CARRIED: dict[str, tuple[str, Transform]] = {
    "image added": ("image", _after_word('<img src="/a.png" alt="plan">')),
    "image without source added": ("image", _after_word("<img>")),
    "image with data added": ("image", _after_word('<img src="data:image/png;base64,AAAA">')),
    "frame added": ("embedded frame", _after_word('<iframe src="https://a.example"></iframe>')),
    "video added": ("video", _after_word("<video src=x></video>")),
    "sound added": ("audio recording", _after_word("<audio src=x></audio>")),
    "object added": ("embedded object", _after_word("<object data=x></object>")),
    "embed added": ("embedded object", _after_word("<embed src=x>")),
    "drawing added": ("drawing", _after_word("<svg><path d='M0 0'/></svg>")),
    "formula added": ("formula", _after_word("<math><mi>x</mi></math>")),
    "tick box added": ("form field", _after_word("<input type=checkbox>")),
    "choice added": ("form field", _after_word("<select><option>yes</select>")),
    "attachment link added": ("attachment link", _after_word('<a href="/sys_attachment.do?sys_id=1">file</a>')),
    "telephone link added": ("link of a kind not supported", _after_word('<a href="tel:123">call</a>')),
    "file link added": ("link of a kind not supported", _after_word(r'<a href="file:\\server\a">file</a>')),
    "hidden words added": ("hidden text", _after_word('<span style="display:none">secret</span>')),
    "letters turned round": ("text shown in another order", _word_wrapped("span", ' style="direction: rtl; unicode-bidi: bidi-override"')),
    "reading aid added": ("reading aid above the text", _after_word("<ruby>x<rt>y</rt></ruby>")),
    "line made by a style": ("lines made by a style", _word_wrapped("span", ' style="display: block"')),
    "background image added": ("background image", lambda html, chance: on_tag(html, chance, ["p", "li", "td"], _style("background-image: url(x.png)"))),
}  # fmt: skip
