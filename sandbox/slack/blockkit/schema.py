"""Small checks that are put together into the rules of Block Kit.

A check looks at a value and writes what is wrong into a report, with a JSON pointer to the place, as Slack does in
`response_metadata.messages`.
"""

from collections.abc import Callable, Mapping
from typing import Any


class Report:
    """The faults found so far."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str]] = []

    def add(self, pointer: str, message: str) -> None:
        """Write down one fault at a place."""
        self.faults.append((pointer, message))

    @property
    def lines(self) -> list[str]:
        """The faults in Slack's wording: what, and where."""
        return [f"[ERROR] {message} [json-pointer:{pointer}]" for pointer, message in self.faults]


Check = Callable[[Any, str, Report], None]


def string(most: int, least: int = 1) -> Check:
    """Text of `least` to `most` characters."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add(at, "must be a string")
        elif len(value) > most:
            report.add(at, f"must be less than {most + 1} characters")
        elif len(value) < least:
            report.add(at, f"must be more than {least - 1} characters")

    return check


def boolean(value: Any, at: str, report: Report) -> None:
    """True or false, and nothing that merely looks like it."""
    if not isinstance(value, bool):
        report.add(at, "must be a boolean")


def integer(least: int, most: int) -> Check:
    """A whole number within bounds."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.add(at, "must be an integer")
        elif not least <= value <= most:
            report.add(at, f"must be between {least} and {most}")

    return check


def one_of(*allowed: Any) -> Check:
    """One of a few given values."""

    def check(value: Any, at: str, report: Report) -> None:
        if value not in allowed:
            report.add(at, f"must be one of: {', '.join(map(str, allowed))}")

    return check


def array(item: Check, least: int, most: int) -> Check:
    """A list of `least` to `most` items, each of which passes `item`."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add(at, "must be an array")
            return
        if len(value) > most:
            report.add(at, f"no more than {most} items allowed")
        if len(value) < least:
            report.add(at, f"no less than {least} items allowed")
        for index, part in enumerate(value):
            item(part, f"{at}/{index}", report)

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no others."""
    fields = {**required, **(optional or {})}

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(at, "must be an object")
            return
        for name in required:
            if name not in value:
                report.add(at, f"missing required field: {name}")
        for name, part in value.items():
            if name not in fields:
                report.add(f"{at}/{name}", f"invalid additional property: {name}")
            else:
                fields[name](part, f"{at}/{name}", report)

    return check


def all_of(*checks: Check) -> Check:
    """Everything must hold; the later checks are asked only when the earlier found nothing."""

    def check(value: Any, at: str, report: Report) -> None:
        before = len(report.faults)
        for part in checks:
            if len(report.faults) == before:
                part(value, at, report)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which check it must pass."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(at, "must be an object")
        elif "type" not in value:
            report.add(at, "missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            report.add(f"{at}/type", f"unsupported type: {value['type']}")
        else:
            kinds[value["type"]](value, at, report)

    return check


def kind(name: str) -> Check:
    """The `type` field of an object that was chosen by it."""
    return one_of(name)
