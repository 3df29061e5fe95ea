"""Ways to change a statement at a place that chance picks; None where the statement has no such place."""

import random
import re
from collections.abc import Callable

from bs4 import BeautifulSoup, NavigableString, Tag

WORD = r"[A-Za-z]{3,}"

Transform = Callable[[str, random.Random], str | None]


def soup_of(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def texts_of(soup: BeautifulSoup, pattern: str = r"\w") -> list[NavigableString]:
    return [node for node in soup.find_all(string=re.compile(pattern)) if node.find_parent("pre") is None]


def in_one_text(html: str, chance: random.Random, pattern: str, change: Callable[[re.Match[str]], str]) -> str | None:
    """The pattern changed at one place of one text node; the change may hold markup."""
    soup = soup_of(html)
    nodes = texts_of(soup, pattern)
    if not nodes:
        return None
    node = chance.choice(nodes)
    match = chance.choice(list(re.finditer(pattern, str(node))))
    mark = "\ue000"
    raw = change(match)
    node.replace_with(str(node)[: match.start()] + mark + str(node)[match.end() :])
    return str(soup).replace(mark, raw)


def in_every_text(html: str, change: Callable[[str], str]) -> str:
    soup = soup_of(html)
    for node in texts_of(soup):
        node.replace_with(change(str(node)))
    return str(soup)


def on_tag(
    html: str, chance: random.Random, names: list[str], change: Callable[[Tag, BeautifulSoup], None]
) -> str | None:
    soup = soup_of(html)
    tags = [tag for tag in soup.find_all(names) if tag.get_text(strip=True)]
    if not tags:
        return None
    change(chance.choice(tags), soup)
    return str(soup)


def renamed(html: str, before: str, after: str, style: str = "") -> str | None:
    soup = soup_of(html)
    tags = soup.find_all(before)
    for tag in tags:
        tag.name = after
        if style:
            tag["style"] = style
    return str(soup) if tags else None
