"""Changes that no reader can see: ways to write the same statement."""

import re
import unicodedata

from bs4 import BeautifulSoup, Tag

from tests.text.changes import WORD, Transform, in_every_text, in_one_text, on_tag, renamed, soup_of, texts_of


def _with_attribute(html: str, name: str, value: str, tags: list[str] | None = None) -> str | None:
    soup = soup_of(html)
    found = soup.find_all(tags or True)
    for tag in found:
        tag[name] = value
    return str(soup) if found else None


def _wrap_inside(tag: Tag, soup: BeautifulSoup) -> None:
    span = soup.new_tag("span")
    span.extend(list(tag.contents))
    tag.append(span)


def _split_bold(tag: Tag, soup: BeautifulSoup) -> None:
    if tag.find(True):
        return
    text = tag.get_text()
    first, second = soup.new_tag("b"), soup.new_tag("strong")
    first.string, second.string = text[: len(text) // 2], text[len(text) // 2 :]
    tag.replace_with(first, second)


def _numeric_entities(html: str) -> str | None:
    soup = soup_of(html)
    for node in texts_of(soup):
        node.replace_with(re.sub(r"[aeiou’“”]", lambda m: f"\ue001{ord(m.group())};", str(node), count=5))
    return str(soup).replace("\ue001", "&#")


def _items_with_paragraphs(html: str) -> str | None:
    soup = soup_of(html)
    plain = [tag for tag in soup.find_all(["li", "td"]) if tag.get_text(strip=True) and not tag.find(["p", "ul", "ol"])]
    for tag in plain:
        paragraph = soup.new_tag("p")
        paragraph.extend(list(tag.contents))
        tag.append(paragraph)
    return str(soup) if plain else None


def _quotes_changed(html: str) -> str | None:
    changed = re.sub(r'="([^"\'&<>]*)"', r"='\1'", html)
    return changed if changed != html else None


def _attributes_swapped(html: str) -> str | None:
    changed = re.sub(r'<a href="([^"]*)"', r'<a target="_blank" rel="noopener" href=" \1 "', html)
    return changed if changed != html else None


COSMETIC: dict[str, Transform] = {
    "b for strong": lambda html, _: renamed(html, "strong", "b"),
    "i for em": lambda html, _: renamed(html, "em", "i"),
    "bold by style": lambda html, _: renamed(html, "strong", "span", "font-weight: bold"),
    "bold by style in capitals": lambda html, _: renamed(html, "strong", "span", "FONT-WEIGHT: 700"),
    "italic by style": lambda html, _: renamed(html, "em", "span", "font-style:italic"),
    "strike for s": lambda html, _: renamed(html, "s", "strike"),
    "raised by style": lambda html, _: renamed(html, "sup", "span", "vertical-align: super"),
    "keyboard for code": lambda html, _: renamed(html, "code", "kbd"),
    "div for p": lambda html, _: renamed(html, "p", "div"),
    "hard spaces": lambda html, _: in_every_text(html, lambda text: text.replace(" ", "\u00a0")),
    "lines wrapped": lambda html, _: in_every_text(html, lambda text: re.sub(r"\s+", " \n   ", text)),
    "line ends of Windows": lambda html, _: html.replace("\n", "\r\n"),
    "lines joined": lambda html, _: html.replace("\n", " "),
    "class": lambda html, _: _with_attribute(html, "class", "MsoNormal x"),
    "id": lambda html, _: _with_attribute(html, "id", "i1"),
    "data attribute": lambda html, _: _with_attribute(html, "data-mce-x", "1"),
    "language": lambda html, _: _with_attribute(html, "lang", "en"),
    "office styles": lambda html, _: _with_attribute(html, "style", "mso-bidi-font: x; line-height: 115%", ["em", "ul", "ol"]),
    "items with paragraphs": lambda html, _: _items_with_paragraphs(html),
    "empty paragraphs": lambda html, _: re.sub(r"</p>", "</p><p>&nbsp;</p>", html) if "</p>" in html else None,
    "empty emphasis": lambda html, chance: in_one_text(html, chance, WORD, lambda m: f"<b></b>{m[0]}<i></i>"),
    "line break at the end": lambda html, _: re.sub(r"</p>", "<br></p>", html) if "</p>" in html else None,
    "capital tags": lambda html, _: re.sub(r"</?\w+", lambda m: m[0].upper(), html),
    "other quotes": lambda html, _: _quotes_changed(html),
    "target and rel": lambda html, _: _attributes_swapped(html),
    "numeric entities": lambda html, _: _numeric_entities(html),
    "zero-width spaces": lambda html, chance: in_one_text(html, chance, WORD, lambda m: m[0][:2] + "\u200b" + m[0][2:]),
    "soft hyphen and byte order mark": lambda html, chance: in_one_text(
        html, chance, WORD, lambda m: "\ufeff" + m[0][:2] + "\u00ad" + m[0][2:]
    ),
    "decomposed letters": lambda html, _: in_every_text(html, lambda text: unicodedata.normalize("NFD", text)),
    "bold split in two": lambda html, chance: on_tag(html, chance, ["strong", "b"], _split_bold),
    "bold spaces": lambda html, _: re.sub(r"</(strong|b)> (?=\w)", r" </\1>", html)
    if re.search(r"</(strong|b)> \w", html)
    else None,
    "span around": lambda html, chance: on_tag(html, chance, ["p", "li", "td"], _wrap_inside)
    if "<ul" not in html and "<ol" not in html
    else None,
    "div around all": lambda html, _: f"<div><div>{html}</div></div>",
    "section around all": lambda html, _: f'<section class="x">{html}</section>',
    "comments": lambda html, _: html.replace("</p>", "<!-- x --></p><!--[if gte mso 9]><xml></xml><![endif]-->"),
    "closing tags left out": lambda html, _: re.sub(r"</(p|li|td|tr)>\s*(?=<(?:p|li|td|tr)\b|</(?:ul|ol|table)|$)", "", html),
    "default attributes": lambda html, _: html.replace("<td>", '<td colspan="1" rowspan="1">').replace(
        "<ol>", '<ol start="1" type="1">'
    ),
    "table body left out": lambda html, _: re.sub(r"</?tbody>", "", html) if "<tbody" in html else None,
    "trailing space": lambda html, _: html.replace("</p>", " &nbsp;\n</p>").replace("<p>", "<p>\n "),
    "style in other words": lambda html, _: html.replace("color: red;", "COLOR:#F00;") if "color: red" in html else None,
    "colour as numbers": lambda html, _: html.replace("color: red", "color:rgb(255, 0, 0)") if "color: red" in html else None,
}  # fmt: skip
