"""The labels of list items, as a browser would draw them."""

from core.text.tree import Element

_ROMAN = [(1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i")]  # fmt: skip


def item_labels(element: Element) -> dict[int, str]:
    """Where each item of a list starts in the source, with its label: `• `, `3. `, `c. ` or `iv. `."""
    items = [child for child in element.children if isinstance(child, Element) and child.name == "li"]
    if element.name != "ol":
        return {item.start: "• " for item in items}
    step = -1 if "reversed" in element.attributes else 1
    start = element.attributes.get("start", "")
    number = int(start) if start else (len(items) if step < 0 else 1)
    labels = {}
    for item in items:
        value = item.attributes.get("value", "")
        number = int(value) if value else number
        labels[item.start] = f"{_numeral(number, element.attributes.get('type', '1'))}. "
        number += step
    return labels


def _numeral(number: int, kind: str) -> str:
    if kind in {"a", "A"} and number > 0:
        return _letters(number) if kind == "a" else _letters(number).upper()
    if kind in {"i", "I"} and 0 < number < 4000:
        return _roman(number) if kind == "i" else _roman(number).upper()
    return str(number)


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("a") + digit) + letters
    return letters


def _roman(number: int) -> str:
    numeral = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        numeral += letters * count
    return numeral
